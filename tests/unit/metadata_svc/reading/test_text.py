from __future__ import annotations

import gzip
import zlib

from metadata_svc.reading import text


def test_control_and_direction_characters_become_spaces() -> None:
    assert text.clean("a\x00b\x1b[31m\u202egpj.exe\n c") == "a b [31m gpj.exe c"


def test_a_long_value_is_cut_and_says_so() -> None:
    assert text.clean("x" * 500) == "x" * 199 + "…"
    assert text.clean("x" * 200) == "x" * 200


def test_a_value_of_megabytes_is_cut_and_says_so_even_if_it_shrinks_when_cleaned() -> None:
    assert text.clean(" " * 10_000_000 + "end").endswith("…")


def test_any_bytes_become_text() -> None:
    assert (text.decode(b"\xc3\xa9"), text.decode(b"\xe9")) == ("é", "é")


def test_inflating_stops_at_its_bound() -> None:
    assert len(text.inflate(zlib.compress(bytes(10_000_000)), limit=1000)) == 1000


def test_gzip_and_damaged_streams_are_read_as_far_as_they_go() -> None:
    assert text.inflate(gzip.compress(b"hello"), wbits=31) == b"hello"
    assert text.inflate(b"no zlib stream") == b""
