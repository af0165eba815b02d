"""Joining decoded blocks to one stretch of sound at one rate."""

from __future__ import annotations

import numpy as np
import soxr

from kit.media.facts import Array
from kit.media.tape import Block

_SAME_S = 0.02
"""Time stamps of some containers are rounded, and jump by less than anybody hears; only larger jumps are gaps."""
_SILENCE_SAMPLES = 2**16


class Stretch:
    """Sound from one moment on, without holes: what the file leaves out is silence, what it gives twice is taken once.

    Resampled by soxr at its quality HQ (16 bits) while it grows, so that only the result is held.
    """

    def __init__(self, begin_s: float, end_s: float, rate_hz: int) -> None:
        self._begin_s = begin_s
        self._end_s = end_s
        self._rate_hz = rate_hz
        self._rate_in_hz = 0
        self._resampler: soxr.ResampleStream | None = None
        self._parts: list[Array] = []
        self.first_s: float | None = None
        """When the first sample is. None while there is none."""
        self.reached_s = begin_s
        """When the last sample that was added ends."""
        self.broken = 0
        """Samples that were no numbers."""
        self.added = 0
        """Samples of the file that went in."""

    def add(self, block: Block) -> None:
        """Take the part of a block that is behind what is there and within the stretch."""
        if self.first_s is None:
            missing_s = self._begin_s - block.time_s
        else:
            missing_s = self.reached_s - block.time_s
            missing_s = 0.0 if abs(missing_s) <= _SAME_S else missing_s
        skipped = max(0, round(missing_s * block.rate_hz))
        samples = block.samples[skipped:]
        if not len(samples) or block.time_s >= self._end_s:
            return
        if self.first_s is None:
            self.first_s = self.reached_s = block.time_s + skipped / block.rate_hz
        elif missing_s < 0:
            self._put_silence(round(-missing_s * block.rate_hz), block.rate_hz)
        self.broken += block.broken
        self.added += len(block.samples)
        self._put(samples[: round((self._end_s - self.reached_s) * block.rate_hz) + 1], block.rate_hz)

    def finish(self) -> Array:
        """All of it, float32 (S,), at the rate asked for."""
        self._flush()
        return np.concatenate(self._parts) if self._parts else np.zeros(0, np.float32)

    def _put_silence(self, count: int, rate_in_hz: int) -> None:
        for at in range(0, count, _SILENCE_SAMPLES):
            self._put(np.zeros(min(_SILENCE_SAMPLES, count - at), np.float32), rate_in_hz)

    def _put(self, samples: Array, rate_in_hz: int) -> None:
        if rate_in_hz != self._rate_in_hz:  # it may change within a file
            self._flush()
            self._rate_in_hz = rate_in_hz
            if rate_in_hz != self._rate_hz:
                self._resampler = soxr.ResampleStream(rate_in_hz, self._rate_hz, 1, dtype="float32", quality="HQ")
        self.reached_s += len(samples) / rate_in_hz
        self._parts.append(self._resampler.resample_chunk(samples) if self._resampler else samples)

    def _flush(self) -> None:
        if self._resampler:
            self._parts.append(self._resampler.resample_chunk(np.zeros(0, np.float32), last=True))
        self._resampler = None
