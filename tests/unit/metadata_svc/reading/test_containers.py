from __future__ import annotations

import io

import pytest
from PIL import Image

from metadata_svc import features
from metadata_svc.reading import png, webp
from tests.support.metadata_files import png as make_png
from tests.support.metadata_files import xmp


def with_software(file_format: str, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0131] = "GIMP 2.10"
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, file_format, exif=exif, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("file_format", "mime_type"),
    [
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("JPEG", "image/jpeg"),
        ("TIFF", "image/tiff"),
        ("AVIF", "image/avif"),
    ],
)
def test_exif_is_read_from_every_container(file_format: str, mime_type: str) -> None:
    tags = features.read(with_software(file_format), mime_type)["tags"]
    assert {"group": "EXIF IFD0", "name": "Software", "value": "GIMP 2.10"} in tags


def test_xmp_is_read_from_png_and_webp() -> None:
    packet = xmp("<xmp:CreatorTool>GIMP</xmp:CreatorTool>")
    chunk = b"XML:com.adobe.xmp\0\0\0\0\0" + packet
    assert png.blocks(make_png((b"iTXt", chunk))).xmp == packet
    assert webp.blocks(with_software("WEBP", xmp=packet)).xmp == packet


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"eXIf"])
def test_an_empty_chunk_is_read_without_error(kind: bytes) -> None:
    assert features.read(make_png((kind, b"")), "image/png")["generators"] == []


@pytest.mark.parametrize("mime_type", ["image/png", "image/webp", "image/jpeg", "image/tiff", "image/gif", "video/mp4"])
def test_noise_holds_nothing(mime_type: str) -> None:
    reading = features.read(bytes(range(256)) * 40, mime_type)
    assert (reading["tags"], reading["jpeg"], reading["has_manifest_store"]) == ([], None, False)
