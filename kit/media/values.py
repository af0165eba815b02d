"""Typed reading of a sandbox's answer, whose writer is not trusted."""

from __future__ import annotations

from kit.errors import DecoderStopped
from kit.media.sandbox import SandboxResult


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


def distrusted(name: str) -> DecoderStopped:
    """The error for a value that no honest decoder gives."""
    return DecoderStopped(
        f"The decoder's answer cannot be trusted: {name} is impossible. The file looks made to attack decoders.",
        limit="answer",
    )
