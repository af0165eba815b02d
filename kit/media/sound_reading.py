"""Asking the sandbox for spans of sound, a bounded answer at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.errors import DecoderStopped, UndecodableMedia
from kit.media.batches import PATIENCE_PER_SECOND, PATIENCE_S, Job
from kit.media.sandbox import SandboxResult
from kit.media.spans import Span
from kit.media.values import distrusted, integer, real

_ANSWER_BYTES = 24 * 2**20
_MOST_SPANS = 512
_MOST_STOPS = 3
_SKIPPED_S = 1.0
_LEAST_PROGRESS_S = 0.01
_MOST_COUNTED = 2**53


@dataclass(frozen=True, eq=False)
class SoundPiece:
    """A stretch of sound without holes.

    Attributes:
        start_s: when its first sample is.
        samples: float32 (S,), mono, within [-1, 1], S at least 1, read-only.
        rate_hz: samples a second.
    """

    start_s: float
    samples: NDArray[np.float32]
    rate_hz: int

    @property
    def duration_s(self) -> float:
        """Its length."""
        return len(self.samples) / self.rate_hz

    @property
    def end_s(self) -> float:
        """When it ends."""
        return self.start_s + self.duration_s


@dataclass(frozen=True, eq=False)
class _Part:
    """What one child answered for one of its spans."""

    span: int
    start_s: float
    samples: NDArray[np.float32]


class SoundReading:
    """Goes through the spans, child by child."""

    def __init__(self, job: Job, spans: Sequence[Span], rate_hz: int) -> None:
        self._job = job
        self._spans = spans
        self._rate_hz = rate_hz
        self._at = 0
        self._reached_s = spans[0].start_s if spans else 0.0
        self._parts: list[_Part] = []
        self._stops = 0
        self._broken = 0
        self._added = 0
        self._anything = False

    def pieces(self) -> Iterator[SoundPiece]:
        """All pieces. Raises what stopped the reading if there is none."""
        stopped: DecoderStopped | None = None
        length_s = sum(span.length_s for span in self._spans)
        slow_at_s = time.monotonic() + PATIENCE_S + PATIENCE_PER_SECOND * length_s
        while self._at < len(self._spans) and self._stops < _MOST_STOPS and time.monotonic() < slow_at_s:
            try:
                yield from self._ask()
            except DecoderStopped as error:
                stopped = error
                yield from self._skip()
        yield from self._complete()
        if self._spans and not self._anything:
            raise stopped or self._nothing()

    def _ask(self) -> Iterator[SoundPiece]:
        """One child's answer; each span that it ends is a piece."""
        # A stopped child does not tell at which of its spans it was.
        wanted = self._spans[self._at : self._at + (1 if self._stops else _MOST_SPANS)]
        starts_s = [self._reached_s, *(span.start_s for span in wanted[1:])]
        most = max(self._rate_hz, min(_ANSWER_BYTES, self._job.runner.max_result_bytes // 2) // 4)
        spans_s = [[start_s, span.end_s] for start_s, span in zip(starts_s, wanted, strict=True)]
        result = self._job.run("read_sound", spans_s=spans_s, rate_hz=self._rate_hz, max_samples=most)
        done = integer(result, "done", 0, len(wanted))
        reached_s = self._next_start(result, done, spans_s)
        self._broken += integer(result, "broken", 0, _MOST_COUNTED)
        self._added += integer(result, "added", 0, _MOST_COUNTED)
        for part in _parts_of(result, spans_s, self._rate_hz):
            if part.span > done:
                raise distrusted("the spans of the sound")
            if self._parts and self._parts[-1].span != self._at + part.span:
                yield from self._complete()
            self._parts.append(_Part(self._at + part.span, part.start_s, part.samples))
        self._at, self._reached_s = self._at + done, reached_s
        if self._parts and self._parts[-1].span < self._at:
            yield from self._complete()

    def _next_start(self, result: SandboxResult, done: int, spans_s: Sequence[Sequence[float]]) -> float:
        """Where the first span that is not done goes on."""
        if done == len(spans_s):
            following = self._at + done
            return self._spans[following].start_s if following < len(self._spans) else 0.0
        start_s, end_s = spans_s[done]
        if "reached_s" in result.values:
            return real(result, "reached_s", start_s + _LEAST_PROGRESS_S, end_s)
        if not done:
            raise distrusted("the progress")
        return start_s

    def _skip(self) -> Iterator[SoundPiece]:
        """Behind what stopped a child. The first stop among several spans only tells to go on one by one."""
        self._stops += 1
        if self._stops == 1 and self._at + 1 < len(self._spans):
            return
        begun = bool(self._parts)
        yield from self._complete()
        self._reached_s += _SKIPPED_S
        if begun or self._reached_s >= self._spans[self._at].end_s:
            self._at += 1
            self._reached_s = self._spans[self._at].start_s if self._at < len(self._spans) else 0.0

    def _complete(self) -> Iterator[SoundPiece]:
        parts, self._parts = self._parts, []
        if parts and self._broken < self._added:
            self._anything = True
            yield SoundPiece(parts[0].start_s, _joined(parts, self._rate_hz), self._rate_hz)

    def _nothing(self) -> UndecodableMedia:
        if self._added:
            return UndecodableMedia(
                "Every sample of the sound is NaN or infinite: the file is damaged. Send the original file.",
                samples="not finite",
            )
        return UndecodableMedia(
            "Not one sample of the stretches asked for can be decoded: the sound is cut off or damaged there. "
            "Send the original file."
        )


def _parts_of(result: SandboxResult, spans_s: Sequence[Sequence[float]], rate_hz: int) -> list[_Part]:
    """The answer's parts, checked. Raises DecoderStopped."""
    used, starts_s, lengths, samples = (
        _column(result, name, dtype)
        for name, dtype in (("used", np.int64), ("starts", np.float64), ("lengths", np.int64), ("samples", np.float32))
    )
    if not len(used) == len(starts_s) == len(lengths) or (len(lengths) and lengths.min() < 1):
        raise distrusted("the number of sound pieces")
    if int(lengths.sum()) != len(samples) or not (np.abs(samples) <= 1.0).all():
        raise distrusted("the samples of the sound")
    if len(used) and (used.min() < 0 or used.max() >= len(spans_s) or bool((np.diff(used) <= 0).any())):
        raise distrusted("the spans of the sound")
    cuts = np.split(samples, np.cumsum(lengths)[:-1]) if len(used) else []
    parts = [_Part(*values) for values in zip(used.tolist(), starts_s.tolist(), cuts, strict=True)]
    for part in parts:
        least_s, most_s = spans_s[part.span]
        if not least_s <= part.start_s <= part.start_s + len(part.samples) / rate_hz <= most_s + 1 / rate_hz:
            raise distrusted("the times of the sound")
    return parts


def _joined(parts: Sequence[_Part], rate_hz: int) -> NDArray[np.float32]:
    """One after the other where their times say; what lies between is silence."""
    if len(parts) == 1:
        return parts[0].samples
    ends = [round((part.start_s - parts[0].start_s) * rate_hz) + len(part.samples) for part in parts]
    whole = np.zeros(max(ends), np.float32)
    for part, end in zip(parts, ends, strict=True):
        whole[end - len(part.samples) : end] = part.samples
    whole.flags.writeable = False
    return whole


def _column(result: SandboxResult, name: str, dtype: type[np.generic]) -> NDArray[Any]:
    array = result.arrays.get(name)
    if array is None or array.ndim != 1 or array.dtype != dtype:
        raise distrusted("the sound's form")
    return array
