"""What clients will ask for: media that are all different, each with its own idempotency key. The same seed gives the same."""

from __future__ import annotations

import random
import struct
import uuid
from dataclasses import dataclass
from pathlib import Path

from tests.support.video_factory import Recipe, steady, video

_SAMPLES = Path(__file__).resolve().parents[2] / "samples"
_CLIP_SHARE = 0.2
_RATE_FPS = 25.0


@dataclass(frozen=True)
class Order:
    """One analysis that somebody wants.

    Attributes:
        request_id: the idempotency key.
        data: the file.
        content_type: of the file.
        streamed: asked for by the one call that uploads and watches; otherwise uploaded, ordered, and waited for.
        notified: the receiver wants to be told.
    """

    request_id: str
    data: bytes
    content_type: str
    streamed: bool
    notified: bool


def orders(count: int, seed: int) -> list[Order]:
    """Photos and, every fifth, a clip of a second."""
    chance = random.Random(seed)
    photos = [path.read_bytes() for path in sorted(_SAMPLES.glob("*.jpg"))]
    return [_order(chance, number, photos) for number in range(count)]


def _order(chance: random.Random, number: int, photos: list[bytes]) -> Order:
    request_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    streamed = chance.random() < 0.5
    notified = not streamed and chance.random() < 0.5
    if chance.random() < _CLIP_SHARE:
        return Order(request_id, _clip(number), "video/mp4", streamed, notified)
    return Order(request_id, _marked(chance.choice(photos), number), "image/jpeg", streamed, notified)


def _marked(photo: bytes, number: int) -> bytes:
    """The same picture in other bytes: a comment stands behind the first marker of the JPEG."""
    comment = f"order {number}".encode()
    return photo[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(comment)) + comment + photo[2:]


def _clip(number: int) -> bytes:
    return video(Recipe(steady(25 + number % 7, _RATE_FPS), shades=(40 + number % 200,), tags={"comment": str(number)}))
