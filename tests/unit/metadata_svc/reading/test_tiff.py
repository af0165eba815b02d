from __future__ import annotations

import struct

import pytest

from metadata_svc.reading import jpeg as jpeg_reading
from metadata_svc.reading import tiff
from tests.support.metadata_files import CANON, blots, jpeg, with_preview


def block(**tags: object) -> bytes:
    return jpeg_reading.blocks(jpeg({**CANON, **tags}, gps_deg=(48, 16))).exif


def test_directories_are_told_with_tags_and_types() -> None:
    layout = tiff.read(block(DateTimeOriginal="2020:01:01 10:00:00", MakerNote=b"Nikon\0\2"))
    assert layout is not None
    assert layout["directories"][tiff.IFD0][:2] == [(0x010F, 2), (0x0110, 2)]
    assert (0x9003, 2) in layout["directories"][tiff.EXIF]
    assert {tag for tag, _ in layout["directories"][tiff.GPS]} == {1, 2, 3, 4}
    assert layout["maker_note_head"] == b"Nikon\0\2".hex()


def test_the_directory_of_the_preview_is_found_in_either_byte_order() -> None:
    for order, head in (("<", b"II*\0"), (">", b"MM\0*")):
        directory = struct.pack(order + "HHHII", 1, 0x0112, 3, 1, 0)
        exif = head + struct.pack(order + "I", 8) + directory + struct.pack(order + "I", 26) + directory
        layout = tiff.read(exif)
        assert layout is not None
        assert layout["directories"] == {tiff.IFD0: [(0x0112, 3)], tiff.PREVIEW: [(0x0112, 3)]}


@pytest.mark.parametrize("cut", [0, 4, 8, 9, 15, 40, 100])
def test_a_damaged_block_gives_what_could_be_read(cut: int) -> None:
    layout = tiff.read(block()[:cut])
    assert layout is None or set(layout["directories"]) <= {tiff.IFD0, tiff.EXIF, tiff.GPS}


def test_a_loop_ends() -> None:
    loop = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" + b"\x08\0\0\0"
    layout = tiff.read(loop)
    assert layout is not None
    assert all(len(entries) == 1 for entries in layout["directories"].values())


def test_what_is_no_tiff_has_no_layout() -> None:
    assert tiff.read(b"RIFF....WEBP") is None


def test_the_preview_is_taken_from_the_second_directory() -> None:
    exif = jpeg_reading.blocks(with_preview(blots(1), blots(1))).exif
    assert tiff.preview(exif)[:3] == b"\xff\xd8\xff"
    assert [tiff.preview(part) for part in (block(), exif[:12], b"")] == [b"", b"", b""]
