from __future__ import annotations

import time
import zlib

import pytest

from metadata_svc import features
from tests.support.metadata_files import jpeg, png, xmp

BOMB = zlib.compress(bytes(100_000_000), 9)
LOOP = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" + b"\x08\0\0\0"


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [
        (png((b"zTXt", b"parameters\0\0" + BOMB)), "image/png"),
        (png((b"iTXt", b"parameters\0\1\0\0\0" + BOMB)), "image/png"),
        (png((b"tEXt", b"parameters\0" + b"Steps: 1" * 1_250_000)), "image/png"),
        (png(*[(b"tEXt", b"a\0b")] * 20_000), "image/png"),
        (png((b"eXIf", LOOP)), "image/png"),
        (jpeg(xmp=xmp("", '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>')), "image/jpeg"),
        (LOOP, "image/tiff"),
    ],
    ids=["zTXt bomb", "iTXt bomb", "10 MB tEXt", "20,000 chunks", "EXIF loop", "XMP entities", "TIFF loop"],
)
def test_hostile_metadata_is_read_quickly_and_bounded(data: bytes, mime_type: str) -> None:
    started_s = time.monotonic()
    reading = features.read(data, mime_type)
    assert time.monotonic() - started_s < 5
    assert len(reading["tags"]) <= 400
    assert all(len(tag["value"]) <= 200 for tag in reading["tags"])


def test_tags_of_all_blocks_come_in_file_order() -> None:
    data = jpeg({"Software": "GIMP 2.10"}, comment=b"hello", xmp=xmp("<xmp:Rating>5</xmp:Rating>"))
    groups = [tag["group"] for tag in features.read(data, "image/jpeg")["tags"]]
    assert groups == ["EXIF IFD0", "JPEG comment", "XMP"]
