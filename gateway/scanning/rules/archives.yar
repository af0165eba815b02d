/* Archives inside media, wherever they begin: programs that unpack self-extracting files look for them there. */
rule zip_archive
{
    strings:
        // Unpackers take any version, so none is asked for.
        $file = { 50 4B 03 04 ?? ?? ?? (00 | 08) (00 | 08 | 09 | 0C | 0E | 5D | 5F | 63) 00 }
        $directory = { 50 4B 01 02 }
        $end = { 50 4B 05 06 00 00 00 00 }
    condition:
        all of them and @file[1] < @directory[#directory] and @directory[1] < @end[#end]
}

rule rar_archive
{
    strings:
        $four = { 52 61 72 21 1A 07 00 }
        $five = { 52 61 72 21 1A 07 01 00 }
    condition:
        any of them
}

rule seven_zip_archive
{
    strings:
        $signature = { 37 7A BC AF 27 1C 00 (02 | 03 | 04) }
    condition:
        $signature
}

rule cabinet_archive
{
    strings:
        // The fields between are reserved and zero; version 1.3.
        $signature = { 4D 53 43 46 00 00 00 00 ?? ?? ?? ?? 00 00 00 00 ?? ?? ?? ?? 00 00 00 00 03 01 }
    condition:
        $signature
}
