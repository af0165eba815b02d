"""What runs inside the sandbox for sound. Preload it with `kit.media.sound.PRELOAD`."""

from __future__ import annotations

import dataclasses
import io
import os
import time
from collections.abc import Mapping, Sequence
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream

from kit.errors import UndecodableMedia
from kit.media.exchange import Array, Json
from kit.media.limits import MediaLimits
from kit.media.resampling import Stretch
from kit.media.tape import Tape
from kit.media.tape_length import is_cut_off, length_of
from kit.media.tape_opening import open_tape

Answer = tuple[Mapping[str, Json], Mapping[str, Array]]

_CLIPS = (
    ("pcm_s16le", "wav", "audio/wav"),
    ("libmp3lame", "mp3", "audio/mpeg"),
    ("flac", "flac", "audio/flac"),
    ("libopus", "ogg", "audio/ogg"),
    ("aac", "ipod", "audio/mp4"),
)
_MARGIN_S = 0.05
"""Sound around a span that the resampler hears and that is cut off again, so that spans fit each other without a seam."""
_BATCH_CPU_S = 3.0
_LEAST_PROGRESS_S = 0.1


def warm_up() -> None:
    """Run every task on clips of our own, so that nothing is loaded lazily inside the walls."""
    for codec, container_format, mime_type in _CLIPS:
        descriptor = os.memfd_create("clip")
        os.write(descriptor, _tiny_clip(codec, container_format))
        own: dict[str, Json] = {"mime_type": mime_type, "limits": dataclasses.asdict(MediaLimits())}
        measure_sound(descriptor, own)
        read_sound(descriptor, own | {"spans_s": [[0.0, 0.1]], "rate_hz": 16_000, "max_samples": 1_600})
        os.close(descriptor)


def measure_sound(descriptor: int, arguments: Mapping[str, Json]) -> Answer:
    """Facts about the sound, none decoded but its beginning. Arguments: mime_type, limits."""
    tape = _tape(descriptor, arguments)
    if tape is None:
        return {"has_sound": False}, {}
    duration_s, shortened = length_of(tape, _limits(arguments))
    facts: dict[str, Json] = {
        "has_sound": duration_s > 0,  # sound that ends before the first picture goes with none
        "duration_s": duration_s,
        "sample_rate_hz": tape.rate_hz,
        "channels": tape.channels,
        "codec": tape.codec,
        "truncated": is_cut_off(descriptor, str(arguments["mime_type"]), shortened),
    }
    return facts, {}


def read_sound(descriptor: int, arguments: Mapping[str, Json]) -> Answer:
    """The sound of `spans_s` (start, end), one after the other, at `rate_hz`.

    Arguments: mime_type, limits, spans_s, rate_hz, max_samples. Stops early when the answer is full or has taken long;
    "done" tells how many spans were dealt with to their end, "reached_s" how far the next one was. "used" says which
    span each part is for, "starts" when it begins, "lengths" how many of the "samples" are its.
    """
    tape = _tape(descriptor, arguments)
    if tape is None:
        raise UndecodableMedia("The video holds no sound to read. Ask for its pictures.")
    rate_hz = int(cast(int, arguments["rate_hz"]))
    answer = _Answer(rate_hz, int(cast(int, arguments["max_samples"])))
    for start_s, end_s in cast("Sequence[tuple[float, float]]", arguments["spans_s"]):
        if not answer.read(tape, start_s, end_s):
            break
    return answer.finish()


class _Answer:
    """Parts of spans, collected until there are enough."""

    def __init__(self, rate_hz: int, max_samples: int) -> None:
        self._rate_hz = rate_hz
        self._left = max_samples
        self._slow_at_s = time.process_time() + _BATCH_CPU_S
        self._parts: list[tuple[int, float, Array]] = []
        self._done = 0
        self._reached_s: float | None = None
        self._broken = 0
        self._added = 0

    def read(self, tape: Tape, start_s: float, end_s: float) -> bool:
        """One span, or its first part. False if there is no room or time for more."""
        until_s = min(end_s, start_s + self._left / self._rate_hz)
        stretch = Stretch(start_s - _MARGIN_S, until_s + _MARGIN_S, self._rate_hz)
        for block in tape.blocks_from(start_s - _MARGIN_S):
            stretch.add(block)
            if stretch.reached_s >= until_s + _MARGIN_S or block.time_s > until_s + _MARGIN_S:
                break
            reached_s = stretch.reached_s - _MARGIN_S
            if time.process_time() > self._slow_at_s and reached_s > start_s + _LEAST_PROGRESS_S:
                until_s = reached_s
                break
        self._keep(stretch, start_s, until_s)
        if until_s < end_s:
            self._reached_s = until_s
            return False
        self._done += 1
        return self._left > _LEAST_PROGRESS_S * self._rate_hz and time.process_time() <= self._slow_at_s

    def _keep(self, stretch: Stretch, start_s: float, until_s: float) -> None:
        samples = stretch.finish()
        self._broken += stretch.broken
        self._added += stretch.added
        if stretch.first_s is None:
            return
        skipped = max(0, round((start_s - stretch.first_s) * self._rate_hz))
        first_s = max(start_s, stretch.first_s + skipped / self._rate_hz)
        kept = samples[skipped : skipped + min(self._left, round((until_s - first_s) * self._rate_hz))]
        if len(kept):
            self._left -= len(kept)
            self._parts.append((self._done, first_s, np.clip(kept, -1.0, 1.0)))

    def finish(self) -> Answer:
        """All of it, as the task answers it."""
        values: dict[str, Json] = {"done": self._done, "broken": self._broken, "added": self._added}
        if self._reached_s is not None:
            values["reached_s"] = self._reached_s
        return values, {
            "used": np.array([index for index, _, _ in self._parts], np.int64),
            "starts": np.array([start_s for _, start_s, _ in self._parts], np.float64),
            "lengths": np.array([len(samples) for _, _, samples in self._parts], np.int64),
            "samples": np.concatenate([np.zeros(0, np.float32), *(samples for _, _, samples in self._parts)]),
        }


def _tape(descriptor: int, arguments: Mapping[str, Json]) -> Tape | None:
    return open_tape(descriptor, str(arguments["mime_type"]), _limits(arguments))


def _limits(arguments: Mapping[str, Json]) -> MediaLimits:
    return MediaLimits(**cast("Mapping[str, int]", arguments["limits"]))


def _tiny_clip(codec: str, container_format: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, mode="w", format=container_format) as container:
        stream = cast(AudioStream, container.add_stream(codec, rate=48_000, layout="mono"))
        stream.codec_context.thread_count = 1
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 9_600), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
