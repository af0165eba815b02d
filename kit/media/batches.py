"""Asking the sandbox for many moments of a video, a bounded piece at a time."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kit.errors import DeadlineExceeded, DecoderStopped, UndecodableMedia
from kit.media.cancel import CancelToken
from kit.media.facts import Array
from kit.media.file import MediaFile
from kit.media.identify import identify
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, SandboxResult
from kit.media.values import distrusted, integer

_MOST_MOMENTS = 4_096
# A call holds two batches while it asks for the next, its child two more: eight calls at once must stay far below 1.5 GiB.
_BATCH_BYTES = 32 * 2**20
_MOST_STOPS = 3
_SKIPPED_S = 1.0
PATIENCE_S = 60.0
PATIENCE_PER_SECOND = 20.0


@dataclass(frozen=True, eq=False)
class Piece:
    """What one child answered.

    Attributes:
        used: int64 (N,), which of the wanted moments each picture is for, ascending.
        times_s: float64 (N,), when the pictures are shown.
        pixels: uint8 (N, H, W, 3), RGB.
    """

    used: Array
    times_s: Array
    pixels: Array


class Runner(Protocol):
    """What runs tasks: a kit.media.sandbox.Sandbox."""

    @property
    def max_result_bytes(self) -> int:
        """Length of the longest answer that a task may give."""

    def run(
        self,
        task: str,
        media: MediaFile,
        arguments: Mapping[str, Json],
        *,
        timeout_s: float | None = None,
        cancel: CancelToken | None = None,
    ) -> SandboxResult:
        """Run one task in a child of its own."""


@dataclass(frozen=True)
class Job:
    """One medium, who reads it by the tasks of which module, and when to stop."""

    runner: Runner
    media: MediaFile
    limits: MediaLimits
    ends_at_s: float | None
    cancel: CancelToken | None
    module: str

    def run(self, task: str, **arguments: Json) -> SandboxResult:
        """Run a task of the module. Raises what `Sandbox.run` raises."""
        own: dict[str, Json] = {
            "mime_type": identify(self.media, None).mime_type,
            "limits": dataclasses.asdict(self.limits),
        }
        timeout_s = None if self.ends_at_s is None else self.ends_at_s - time.monotonic()
        if timeout_s is not None and timeout_s <= 0:
            raise DeadlineExceeded("The time budget ran out while the file was read. Ask again with a longer deadline.")
        return self.runner.run(
            f"{self.module}:{task}", self.media, own | arguments, timeout_s=timeout_s, cancel=self.cancel
        )


def job_of(
    runner: Runner,
    media: MediaFile,
    limits: MediaLimits,
    timeout_s: float | None,
    cancel: CancelToken | None,
    module: str = "kit.media.video_tasks",
) -> Job:
    """A job that ends `timeout_s` from now."""
    return Job(runner, media, limits, None if timeout_s is None else time.monotonic() + timeout_s, cancel, module)


def pieces_of(
    job: Job, task: str, wanted_s: Sequence[float], each: Mapping[str, Sequence[Json]], **arguments: Json
) -> Iterator[Piece]:
    """Pictures for `wanted_s` (ascending), in pieces; `each` holds further arguments, one value per moment.

    A child that is stopped costs its first second of moments; the third one ends the reading, as does a file that takes
    far longer than it plays. Raises what stopped it if no picture was read at all.
    """
    at, stops, anything = 0, 0, False
    most_bytes = min(_BATCH_BYTES, job.runner.max_result_bytes // 2)
    stopped: DecoderStopped | None = None
    slow_at_s = time.monotonic() + PATIENCE_S + PATIENCE_PER_SECOND * _covered_s(wanted_s)
    while at < len(wanted_s) and stops < _MOST_STOPS and time.monotonic() < slow_at_s:
        until = min(len(wanted_s), at + _MOST_MOMENTS)
        batch: dict[str, Json] = {name: list(values[at:until]) for name, values in each.items()}
        try:
            result = job.run(task, wanted_s=list(wanted_s[at:until]), max_bytes=most_bytes, **batch, **arguments)
        except DecoderStopped as error:
            stopped, stops = error, stops + 1
            at = next((later for later in range(at, until) if wanted_s[later] >= wanted_s[at] + _SKIPPED_S), until)
            continue
        piece = _piece(result, at, until)
        at += integer(result, "done", 1, until - at)
        if len(piece.used):
            anything = True
            yield piece
    if len(wanted_s) and not anything:
        raise stopped or UndecodableMedia(
            "Not one frame of the stretches asked for can be decoded: the video is cut off or damaged there. "
            "Send the original file."
        )


def _covered_s(wanted_s: Sequence[float]) -> float:
    """Playing time around the moments, each counted for a second at most."""
    return float(np.minimum(np.diff(np.asarray(wanted_s, np.float64)), 1.0).sum()) + 1.0


def _piece(result: SandboxResult, at: int, until: int) -> Piece:
    used, times_s, pixels = (result.arrays.get(name) for name in ("used", "times", "pixels"))
    if used is None or times_s is None or pixels is None or not _is_column(used, np.int64):
        raise distrusted("the frames' form")
    if not _is_column(times_s, np.float64) or pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] != 3:
        raise distrusted("the frames' form")
    if not len(used) == len(times_s) == len(pixels):
        raise distrusted("the number of frames")
    checked_times(times_s)
    if len(used) and (used.min() < 0 or used.max() >= until - at or bool((np.diff(used) <= 0).any())):
        raise distrusted("the moments of the frames")
    return Piece(used + at, times_s, pixels)


def checked_times(times_s: Array) -> Array:
    """`times_s` if they are ones that a video can have. Raises DecoderStopped."""
    if not np.isfinite(times_s).all() or bool((np.abs(times_s) > 1e6).any()) or bool((np.diff(times_s) < 0).any()):
        raise distrusted("the times of the frames")
    return times_s


def _is_column(array: Array, dtype: type[np.generic]) -> bool:
    return array.ndim == 1 and array.dtype == dtype
