"""The example tables of ITU-T T.81 (Annex K) and the scaling that the Independent JPEG Group gave them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

# In zigzag order, as they stand in a stream.
_LUMINANCE = (
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60,
    57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112,
    100, 120, 92, 101, 103, 99,
)  # fmt: skip
_CHROMINANCE = (
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, *(99,) * 50,
)  # fmt: skip
_DC_LUMINANCE = bytes.fromhex("00010501010101010100000000000000000102030405060708090a0b")
_DC_CHROMINANCE = bytes.fromhex("00030101010101010101010000000000000102030405060708090a0b")
_AC_LUMINANCE_COUNTS = bytes.fromhex("0002010303020403050504040000017d")
_AC_CHROMINANCE_COUNTS = bytes.fromhex("00020102040403040705040400010277")


def scaled(table: tuple[int, ...], quality: int) -> tuple[int, ...]:
    """The table at a quality of 1 to 100, as libjpeg's `jpeg_set_quality` computes it with forced baseline."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(max((step * percent + 50) // 100, 1), 255) for step in table)


def standard_luminance(quality: int) -> tuple[int, ...]:
    """The luminance table at a quality of 1 to 100, in zigzag order."""
    return scaled(_LUMINANCE, quality)


@cache
def _qualities() -> tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]:
    return tuple((q, scaled(_LUMINANCE, q), scaled(_CHROMINANCE, q)) for q in range(1, 101))


def nearest_quality(luminance: tuple[int, ...]) -> int:
    """The quality on libjpeg's scale, [1, 100], whose luminance table is nearest by sum of absolute differences."""
    return min(_qualities(), key=lambda row: sum(abs(a - b) for a, b in zip(luminance, row[1], strict=True)))[0]


def is_scaled_standard(luminance: tuple[int, ...], chrominance: tuple[int, ...] | None) -> bool:
    """Whether both tables are the example tables at one and the same quality (a grey picture has only the first)."""
    return any(luminance == luma and chrominance in (None, chroma) for _, luma, chroma in _qualities())


def is_standard_huffman(tables: Mapping[int, bytes]) -> bool:
    """Whether all Huffman tables before the first scan are the examples of Annex K.

    `tables` maps class and destination (0x00, 0x01, 0x10, 0x11) to the 16 code counts followed by the symbols. For AC tables
    the counts decide: an optimised table that has the same 16 counts but other symbols has not been met.
    """
    heads = {0x00: _DC_LUMINANCE, 0x01: _DC_CHROMINANCE, 0x10: _AC_LUMINANCE_COUNTS, 0x11: _AC_CHROMINANCE_COUNTS}
    return bool(tables) and all(key in heads and table.startswith(heads[key]) for key, table in tables.items())
