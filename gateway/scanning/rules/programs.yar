/* Programs inside media. Magic numbers of two or four bytes turn up by chance in compressed data: each rule asks for a header that
   fits together. */
rule windows_program
{
    strings:
        // Where the next header is stands 60 bytes on; it is within the first 4,096.
        $mz = { 4D 5A [58] ?? 0? 00 00 }
    condition:
        for any i in (1..#mz) : (
            uint32(@mz[i] + uint32(@mz[i] + 0x3C)) == 0x00004550 and
            (uint16(@mz[i] + uint32(@mz[i] + 0x3C) + 24) == 0x010B or uint16(@mz[i] + uint32(@mz[i] + 0x3C) + 24) == 0x020B)
        )
}

rule linux_program
{
    strings:
        // Class, byte order and version; padding; type; machine; version again.
        $little = { 7F 45 4C 46 (01 | 02) 01 01 ( 00 | 03 | 09 ) [1] 00 00 00 00 00 00 00 (01 | 02 | 03 | 04) 00 ?? ?? 01 00 00 00 }
        $big = { 7F 45 4C 46 (01 | 02) 02 01 ( 00 | 03 | 09 ) [1] 00 00 00 00 00 00 00 00 (01 | 02 | 03 | 04) ?? ?? 00 00 00 01 }
    condition:
        any of them
}

rule mac_program
{
    strings:
        // x86 or ARM; subtype; an executable, library, bundle or plug-in; at most 255 commands.
        $thin = { (CE | CF) FA ED FE (07 | 0C) 00 00 (00 | 01) ?? 00 00 (00 | 80) (01 | 02 | 06 | 08) 00 00 00 ?? 00 00 00 }
        $fat = { CA FE BA BE 00 00 00 (01 | 02 | 03 | 04) (00 | 01) 00 00 (07 | 0C) (00 | 80) 00 00 ?? }
    condition:
        any of them
}

rule java_or_android_program
{
    strings:
        $class = { CA FE BA BE 00 (00 | 03) 00 (2D | 2E | 2F | 30 | 31 | 32 | 33 | 34 | 35 | 36 | 37 | 38 | 39 | 3A | 3B | 3C | 3D | 3E | 3F | 40 | 41) 00 ?? (01 | 03 | 04 | 05 | 06 | 07 | 08 | 09 | 0A | 0B | 0C | 0F | 10 | 11 | 12 | 13 | 14) }
        $object = "java/lang/Object"
        $dex = { 64 65 78 0A 30 33 (35 | 36 | 37 | 38 | 39) 00 }
    condition:
        $dex or ($class and $object)
}
