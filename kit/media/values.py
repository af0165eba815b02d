"""Typed reading of a sandbox's answer, whose writer is not trusted."""

from __future__ import annotations

import math
import re
from typing import cast

from kit.errors import DecoderStopped
from kit.media.sandbox import SandboxResult

_WORD = re.compile(r"[A-Za-z0-9_]{1,40}")


def integer(result: SandboxResult, name: str, low: int, high: int) -> int:
    """The integer value `name` within low..high. Raises DecoderStopped."""
    value = result.values.get(name)
    if type(value) is not int or not low <= value <= high:
        raise distrusted(name)
    return value


def truth(result: SandboxResult, name: str) -> bool:
    """The boolean value `name`. Raises DecoderStopped."""
    value = result.values.get(name)
    if not isinstance(value, bool):
        raise distrusted(name)
    return value


def real(result: SandboxResult, name: str, low: float, high: float) -> float:
    """The finite number `name` within low..high. Raises DecoderStopped."""
    value = result.values.get(name)
    if (
        type(value) not in (int, float)
        or not math.isfinite(cast(float, value))
        or not low <= cast(float, value) <= high
    ):
        raise distrusted(name)
    return float(cast(float, value))


def text(result: SandboxResult, name: str) -> str:
    """The word `name`: up to 40 letters, digits and underscores. Raises DecoderStopped."""
    value = result.values.get(name)
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise distrusted(name)
    return value


def distrusted(name: str) -> DecoderStopped:
    """The error for a value that no honest decoder gives."""
    return DecoderStopped(
        f"The decoder's answer cannot be trusted: {name} is impossible. The file looks made to attack decoders.",
        limit="answer",
    )
