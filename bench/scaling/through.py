"""CPU seconds of every service for a photo and for playing time, through REST and the whole stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.load.photos import photos
from bench.overhead.rest import RestClient, running_stack
from bench.scaling.cpu import by_service, difference
from bench.sound.material import Talk

DEPTH = "DEPTH_STANDARD"


@dataclass(frozen=True)
class Sizes:
    """How much is sent: photos, and seconds of playing time of the video and the recording."""

    photos: int
    video_s: float
    sound_s: float


@dataclass(frozen=True)
class Spent:
    """CPU seconds by service: for one photo, and for an hour of video and of sound, at depth STANDARD."""

    photo: dict[str, float]
    video_hour: dict[str, float]
    sound_hour: dict[str, float]


def measure(models: Path, photo: bytes, talk: Talk, sizes: Sizes) -> Spent:
    """Every part after one that does not count."""
    video, recording = talk.video(sizes.video_s), talk.recording(sizes.sound_s)
    with running_stack(models) as client:
        different = photos(photo)

        def one_photo() -> None:
            client.analysis(next(different))

        def one_video() -> None:
            client.analysis(video, "video/mp4", f"?depth={DEPTH}")

        def one_recording() -> None:
            client.analysis(recording, "audio/wav", f"?depth={DEPTH}")

        return Spent(
            _each(client, one_photo, sizes.photos, sizes.photos),
            _each(client, one_video, 1, sizes.video_s / 3600),
            _each(client, one_recording, 1, sizes.sound_s / 3600),
        )


def _each(client: RestClient, send: Callable[[], None], times: int, units: float) -> dict[str, float]:
    send()
    before = by_service(client.pid)
    for _ in range(times):
        send()
    return {name: spent / units for name, spent in difference(by_service(client.pid), before).items()}


def kinds(spent: Spent) -> Iterator[tuple[str, dict[str, float]]]:
    """Names of what was measured, with the seconds of each service."""
    yield "photo", spent.photo
    yield "hour of video", spent.video_hour
    yield "hour of sound", spent.sound_hour
