"""What callers do who try to learn the models, or to find what is not theirs. People do some of it too, but not so often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.audit.entry import Event
from gateway.probing.resemblance import Resemblance
from kit.errors import (
    DecoderStopped,
    EmptyMedia,
    InvalidRequest,
    InvalidToken,
    MediaInfected,
    MediaTooLarge,
    MediaTooLong,
    MediaTypeMismatch,
    NotFound,
    PolyglotMedia,
    TooManyPixels,
    UndecodableMedia,
    UnknownField,
    UnsupportedMediaType,
)
from telltale.common.v1 import media_pb2

_HOUR_S: Final = 3600.0


@dataclass(frozen=True)
class Pattern:
    """Something that nobody does `most` times within `window_s` seconds without a reason that is worth asking for."""

    name: str
    most: int
    window_s: float = _HOUR_S


SLOW_VARIANTS = Pattern("SLOW_VARIANTS", 300, 48 * _HOUR_S)
"""Variants of pictures, each hour few enough for the budget."""
PIXEL_SERIES = Pattern("PIXEL_SERIES", 30)
"""Files with other bytes and the same look: single pixels or a little noise."""
MODEL_SIZED = Pattern("MODEL_SIZED", 200)
"""Pictures of the very size that networks take in."""
REFUSED_FILES = Pattern("REFUSED_FILES", 100)
"""Requests and files that are refused for what they are."""
GUESSED_NAMES = Pattern("GUESSED_NAMES", 100)
"""Names of what does not exist, or belongs to somebody else."""
GUESSED_LINKS = Pattern("GUESSED_LINKS", 50)
"""Links that lead nowhere."""
GUESSED_TOKENS = Pattern("GUESSED_TOKENS", 50)
"""Tokens that nobody was given."""

MANY_ALIKE: Final = 10
"""Different pictures of one house are like a few others by chance."""
MODEL_SIDES_PX: Final = frozenset({128, 160, 192, 224, 240, 256, 260, 299, 320, 336, 380, 384, 448, 512})

REFUSALS_OF_FILES: Final = frozenset(
    error.reason_name()
    for error in (
        DecoderStopped,
        EmptyMedia,
        MediaInfected,
        MediaTooLarge,
        MediaTooLong,
        MediaTypeMismatch,
        PolyglotMedia,
        TooManyPixels,
        UndecodableMedia,
        UnsupportedMediaType,
    )
)
_REFUSALS = REFUSALS_OF_FILES | {InvalidRequest.reason_name(), UnknownField.reason_name()}


def pattern_of_call(event: Event) -> Pattern | None:
    """What one call that ended may be a part of."""
    if event.outcome == NotFound.reason_name():
        return GUESSED_NAMES if event.token_id else GUESSED_LINKS
    if event.outcome == InvalidToken.reason_name():
        return GUESSED_TOKENS
    return REFUSED_FILES if event.outcome in _REFUSALS else None


def patterns_of_upload(info: media_pb2.MediaInfo, found: Resemblance) -> list[Pattern]:
    """What one file that was taken may be a part of."""
    square = info.width_px == info.height_px and info.width_px in MODEL_SIDES_PX
    still = info.kind == media_pb2.MEDIA_KIND_IMAGE
    seen = {SLOW_VARIANTS: found.alike >= MANY_ALIKE, PIXEL_SERIES: found.same > 0, MODEL_SIZED: still and square}
    return [pattern for pattern, applies in seen.items() if applies]
