"""Damage for files by someone who knows how they are built: parts lost, doubled, renamed, mismeasured, mixed with others."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence

from tests.support.mutants import mutant

_LENGTHS = (0, 1, 7, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF)
_MANY = 200
_LONGEST_BYTES = 4 * 2**20
_NESTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"edts", b"dinf")

Parts = list[bytes]


def spliced(seed: bytes, other: bytes, chance: random.Random) -> bytes:
    """A copy of `seed` with one to three damages to its parts, some of them by parts of `other`; at times plain damage on top."""
    data = seed
    for _ in range(chance.randint(1, 3)):
        parts = parts_of(data)
        data = b"".join(chance.choice(_DAMAGES)(parts, parts_of(other), chance))[:_LONGEST_BYTES]
        if not data:
            return b"\0"
    data = _with_true_sums(data) if chance.random() < 0.5 else data
    return mutant(data, chance) if chance.random() < 0.3 else data


def parts_of(data: bytes) -> Parts:
    """The file cut where its format has joints; any other file into eight pieces. Joined they are the file."""
    for magic, cut in _CUTS:
        if data[: len(magic)] == magic or data[4 : 4 + len(magic)] == magic:
            parts = list(cut(data))
            break
    else:
        step = max(1, len(data) // 8)
        parts = [data[at : at + step] for at in range(0, len(data), step)]
    rest = data[sum(map(len, parts)) :]
    return [*parts, rest] if rest else parts


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at:end]
        at = end


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        yield data[at:end]
        at = end


def _riff(data: bytes) -> Iterator[bytes]:
    yield data[:12]
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"LIST":
            yield data[at : at + 12]
            at += 12
            continue
        end = at + 8 + size + size % 2
        yield data[at:end]
        at = end


def _boxes(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:
            return
        end = at + 8 if data[at + 4 : at + 8] in _NESTS else at + size
        yield data[at:end]
        at = end


def _pages(data: bytes) -> Iterator[bytes]:
    at = 0
    while (end := data.find(b"OggS", at + 4)) > 0:
        yield data[at:end]
        at = end


_CUTS: Sequence[tuple[bytes, Callable[[bytes], Iterator[bytes]]]] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"RIFF", _riff),
    (b"FORM", _riff),
    (b"ftyp", _boxes),
    (b"OggS", _pages),
)


def _lose(parts: Parts, _: Parts, chance: random.Random) -> Parts:
    del parts[chance.randrange(len(parts))]
    return parts


def _double(parts: Parts, _: Parts, chance: random.Random) -> Parts:
    at = chance.randrange(len(parts))
    return parts[:at] + [parts[at]] * chance.choice((2, 3, _MANY)) + parts[at + 1 :]


def _exchange(parts: Parts, _: Parts, chance: random.Random) -> Parts:
    first, second = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[first], parts[second] = parts[second], parts[first]
    return parts


def _cut_off(parts: Parts, _: Parts, chance: random.Random) -> Parts:
    whole = b"".join(parts)
    return [whole[: chance.randrange(1, len(whole) + 1)]]


def _mismeasure(parts: Parts, _: Parts, chance: random.Random) -> Parts:
    """Where lengths usually stand: at the beginning of a part, or behind its name."""
    at = chance.randrange(len(parts))
    part = bytearray(parts[at])
    where, order, length = chance.choice((0, 2, 4, 8)), chance.choice("<>"), chance.choice(_LENGTHS)
    form = "H" if where == 2 else "I"
    packed = struct.pack(order + form, length & (0xFFFF if form == "H" else 0xFFFFFFFF))
    part[where : where + len(packed)] = packed
    parts[at] = bytes(part)
    return parts


def _rename(parts: Parts, others: Parts, chance: random.Random) -> Parts:
    """A part takes the name of another, of this file or the other one: its content is read as what it is not."""
    at, place = chance.randrange(len(parts)), chance.choice((0, 1, 4))
    model = chance.choice(parts + others)
    part = bytearray(parts[at])
    part[place : place + 4] = model[place : place + 4]
    parts[at] = bytes(part)
    return parts


def _empty(parts: Parts, _: Parts, chance: random.Random) -> Parts:
    at = chance.randrange(len(parts))
    parts[at] = parts[at][: chance.choice((4, 8, 12, 16))]
    return parts


def _insert(parts: Parts, others: Parts, chance: random.Random) -> Parts:
    parts.insert(chance.randrange(len(parts) + 1), chance.choice(others))
    return parts


def _join(parts: Parts, others: Parts, chance: random.Random) -> Parts:
    """The front of one file and the back of the other."""
    return parts[: chance.randint(1, len(parts))] + others[chance.randrange(len(others)) :]


def _nest(parts: Parts, _: Parts, chance: random.Random) -> Parts:
    """A part within itself, again and again."""
    at = chance.randrange(len(parts))
    head = parts[at][:8]
    parts[at] = head * chance.choice((2, 20, _MANY)) + parts[at]
    return parts


def _fill(parts: Parts, _: Parts, chance: random.Random) -> Parts:
    at = chance.randrange(len(parts))
    noise = chance.randbytes(max(0, len(parts[at]) - 8))
    parts[at] = parts[at][:8] + noise
    return parts


_DAMAGES = (
    _lose,
    _double,
    _exchange,
    _cut_off,
    _mismeasure,
    _mismeasure,
    _rename,
    _empty,
    _insert,
    _join,
    _nest,
    _fill,
)


def _with_true_sums(data: bytes) -> bytes:
    """A PNG whose check sums fit again, so that what is behind them is reached; any other file as it is."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    mended = bytearray(data)
    at = 8
    while at + 12 <= len(mended):
        end = at + 8 + int.from_bytes(mended[at : at + 4], "big")
        if end + 4 > len(mended):
            break
        mended[end : end + 4] = struct.pack(">I", zlib.crc32(mended[at + 4 : end]))
        at = end + 4
    return bytes(mended)
