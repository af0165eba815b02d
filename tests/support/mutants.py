"""Damage for files."""

from __future__ import annotations

import random


def mutant(seed: bytes, chance: random.Random) -> bytes:
    """A copy with one to six damages: flipped bits, extreme values, a piece lost, doubled or zeroed."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        if not data:
            break
        at = chance.randrange(len(data)) if chance.random() < 0.5 else chance.randrange(min(len(data), 120))
        end = at + chance.randint(1, 24)
        match chance.randrange(5):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at:end] = chance.choice((b"\xff", b"\x7f", b"\0")) * len(data[at:end])
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end]
            case _:
                data[at : at + 4] = chance.choice((1, 0x7FFF, 0x10000, 2**31 - 1)).to_bytes(
                    4, chance.choice(("big", "little"))
                )
    return bytes(data) or b"\0"
