"""Healthy media to damage, of every kind that is taken, and what is done to them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tests.support import hostile_media, media_factory, metadata_files, sound_factory, video_factory
from tests.support.bombs import BOMBS
from tests.support.container_factory import Movie, broadcast, chunk, id3, movie, wave
from tests.support.face_film import face_film
from tests.support.mutants import mutant
from tests.support.sound_factory import Talk, clicks
from tests.support.splices import spliced
from tests.support.video_factory import Recipe, steady

PHOTO = Path(__file__).parents[3] / "samples" / "portrait.jpg"
_CLAIMS = ("image/jpeg", "video/mp4", "audio/wav", "application/zip", "text/html", "x" * 300)
_CLAIMED = 0.1


@dataclass(frozen=True)
class Damaged:
    """A damaged file.

    Attributes:
        label: its number, and the name of the healthy file.
        data: the bytes.
        claim: content type that it is sent with; empty for none.
    """

    label: str
    data: bytes
    claim: str


def seeds() -> dict[str, bytes]:
    """Small healthy files by name."""
    tone = clicks([0.3], 1.2)
    return {
        **{f"sound {kind}": sound_factory.recording(kind, tone) for kind in sound_factory.CODECS},
        **{f"picture {kind}": media_factory.encode(media_factory.picture(), kind) for kind in _PICTURES},
        **{f"animated {kind}": media_factory.animated(kind) for kind in ("GIF", "WEBP", "PNG")},
        "portrait": PHOTO.read_bytes(),
        "small portrait": _small_portrait(),
        "preview": hostile_media.with_preview(),
        "credentials": hostile_media.signed_photo(),
        "tags": media_factory.rotated(6),
        "png with tags": metadata_files.png((b"tEXt", b"Software\0x"), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>")),
        "motion photo": hostile_media.motion_photo(),
        "phone": movie(Movie()),
        "broadcast": wave(broadcast("ZOOM H5"), chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"x"))),
        "tagged mp3": id3({"TSSE": "LAME3.100"}) + sound_factory.recording("mp3", tone),
        "talk": sound_factory.talk(Talk(clicks([0.5], 1.5), duration_s=1.5)),
        "mp4": video_factory.video(Recipe(steady(30, 25), with_sound=True, key_every=10)),
        "fragmented": video_factory.video(
            Recipe(steady(20, 25), container_options={"movflags": "frag_keyframe+empty_moov"})
        ),
        "webm": video_factory.video(Recipe(steady(25, 25), "libvpx-vp9", "webm", key_every=10)),
        "avi": video_factory.video(Recipe(steady(25, 25), "mpeg4", "avi", time_base=Fraction(1, 25), key_every=10)),
        "mkv": video_factory.video(Recipe(steady(25, 25), container="matroska", key_every=10)),
        "faces": face_film(PHOTO, 1.5, rate_fps=12),
    }


_PICTURES = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")


def _small_portrait() -> bytes:
    from PIL import Image

    with Image.open(PHOTO) as picture:
        return media_factory.encode(picture.resize((picture.width // 2, picture.height // 2)), "JPEG", quality=85)


UNHARMED = Damaged("a healthy file", b"", "")
"""Stands for all of those in a tally."""


def healthy() -> list[Damaged]:
    """Every seed as it is."""
    return [Damaged(name, data, "") for name, data in seeds().items()]


def bombs() -> list[Damaged]:
    """Files made by hand to cost much."""
    return [Damaged(name, make(), "") for name, (make, _) in sorted(BOMBS.items())]


def damaged(count: int, seed: int) -> Iterator[Damaged]:
    """`count` damaged files; the same ones for the same seed."""
    whole, chance = seeds(), random.Random(seed)
    names = sorted(whole)
    for number in range(count):
        name, other = names[number % len(names)], chance.choice(names)
        data = whole[name]
        data = mutant(data, chance) if chance.random() < 0.4 else spliced(data, whole[other], chance)
        claim = chance.choice(_CLAIMS) if chance.random() < _CLAIMED else ""
        yield Damaged(f"{number} {name}", data, claim)
