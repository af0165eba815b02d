/* Scripts inside media, for a server, a browser or a shell. A tag alone turns up by chance and in descriptions of pictures: each rule asks
   for text that does something. */
rule php_script
{
    strings:
        $opening = /<\?php\s[\x09\x0a\x0d\x20-\x7e]{12}/ nocase
        $short = /<\?=\s*(\$_(GET|POST|REQUEST|COOKIE|SERVER|FILES)\b|`[\x20-\x7e]{8,200}`|(system|exec|shell_exec|passthru|popen|proc_open|eval|assert)\s*\()/ nocase
    condition:
        any of them
}

rule script_of_a_page
{
    strings:
        $tag = /<script[\s>]/ nocase
        $handler = /<(svg|img|body|iframe|object|embed|video|audio)\s[^<>]{0,200}\bon(load|error|begin|focus|toggle)\s*=/ nocase
        $unpack = /\b(atob|unescape|fromCharCode)\s*\(/
        $drop = /\b(createObjectURL|msSaveOrOpenBlob|msSaveBlob|ActiveXObject)\b/
        $run = /\b(eval|alert|Function|setTimeout|fetch|importScripts)\s*\(/
        $page = /\b(document|window|location)\s*\.\s*(write|cookie|location|href|domain|createElement)\b/
    condition:
        ($tag and any of ($unpack, $drop, $run, $page)) or $handler
}

rule script_of_a_shell
{
    strings:
        $shebang = /#!\s?\/(usr\/)?(local\/)?bin\/(env\s+)?(ba|z|da|k|c|tc)?sh\s/
        $interpreter = /#!\s?\/(usr\/)?(local\/)?bin\/(env\s+)?(python|perl|ruby|php|node)[0-9.]*\s/
        $powershell = /\bpowershell(\.exe)?\s[^\r\n]{0,80}-(e|ec|enc|encodedcommand|nop|noprofile|w hidden|windowstyle)\b/ nocase
        $download = /\b(DownloadString|DownloadFile)\s*\(\s*['"]https?:/ nocase
        $host = /\bCreateObject\s*\(\s*["'](WScript\.Shell|Shell\.Application|MSXML2\.XMLHTTP|Scripting\.FileSystemObject)/ nocase
        $template = /<(jsp:|%@\s*page\b|%@\s*import\b)[^<>]{0,200}>/ nocase
    condition:
        any of them
}
