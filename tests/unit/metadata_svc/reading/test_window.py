from __future__ import annotations

import os
from pathlib import Path

from metadata_svc.reading.window import MAX_READ_BYTES, MAX_READS, Window


def test_reading_outside_of_the_file_gives_less() -> None:
    window = Window.of_bytes(b"0123456789")
    assert (window.read(8, 5), window.read(20, 5), window.read(-1, 5)) == (b"89", b"", b"")


def test_a_descriptor_is_read_wherever_its_own_offset_stands(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with path.open("rb") as file:
        os.lseek(file.fileno(), 7, os.SEEK_SET)
        assert Window.of_descriptor(file.fileno()).read(2, 3) == b"234"


def test_a_reading_ends_when_it_has_had_its_share() -> None:
    window = Window(1 << 40, lambda _offset, size: bytes(size))
    assert len(window.read(0, MAX_READ_BYTES - 1)) == MAX_READ_BYTES - 1
    assert len(window.read(0, 10)) == 1
    assert window.read(0, 10) == b""


def test_a_reading_may_ask_only_so_often() -> None:
    window = Window.of_bytes(b"0123456789")
    assert sum(len(window.read(0, 1)) for _ in range(MAX_READS + 5)) == MAX_READS


def test_a_needle_across_the_border_of_two_pieces_is_found() -> None:
    data = bytes((1 << 20) - 3) + b"needle" + bytes(100)
    assert Window.of_bytes(data).find(b"needle") == (1 << 20) - 3
    assert Window.of_bytes(data).find(b"absent") == -1
    assert Window.of_bytes(data).find(b"needle", 1 << 20) == -1
