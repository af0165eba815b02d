"""The learned face test at one video: judges faces while frames pass by, and keeps no frame."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from image_svc.timeline import SAMPLE_S, Moment
from kit.clock import Clock
from kit.models.card import LoadedModel
from kit.vision.faces import Face, Floats, Picture
from kit.vision.tracker import Look

MAX_FACES: Final = 8
"""Most faces of one frame that are judged, the largest ones."""
_BATCH: Final = 4
# Frames do not lie exactly on the grid that was asked for.
_TOLERANCE_S: Final = 0.06


class FaceJudge(Protocol):
    """A test that judges single faces."""

    @property
    def name(self) -> str:
        """Stable snake_case name of the test."""
        ...

    @property
    def model(self) -> LoadedModel:
        """The model behind the test."""
        ...

    @property
    def needed_px(self) -> int:
        """Longer side of the smallest face that may be shown."""
        ...

    def tensor(self, picture: Picture, face: Face) -> Floats:
        """(3, H, W): the network's input for one face of an (H, W, 3) RGB picture."""
        ...

    def log_likelihood_ratios(self, tensors: Floats) -> list[float]:
        """One for each of (N, 3, H, W)."""
        ...

    def quality(self, face: Face) -> float:
        """[0, 1] how fit a face is."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    number: int
    time_s: float
    face: Face


class FaceSession:
    """About three looks a second at each face, run through the network in batches. Of one thread."""

    def __init__(self, judge: FaceJudge, clock: Clock) -> None:
        self._judge = judge
        self._clock = clock
        self._waiting: list[tuple[_Sample, Floats]] = []
        self._judged: list[tuple[_Sample, float]] = []
        self._last_s: dict[int, float] = {}
        self.took_s = 0.0

    def show(self, look: Look) -> None:
        """Takes the faces of one frame that are large enough and were not looked at just before."""
        started_s = self._clock.monotonic_s()
        for face, number in itertools.islice(zip(look.faces, look.numbers, strict=True), MAX_FACES):
            due = look.time_s - self._last_s.get(number, -np.inf) >= SAMPLE_S - _TOLERANCE_S
            if due and face.longer_side_px >= self._judge.needed_px:
                self._last_s[number] = look.time_s
                self._waiting.append((_Sample(number, look.time_s, face), self._judge.tensor(look.picture, face)))
        if len(self._waiting) >= _BATCH:
            self._run()
        self.took_s += self._clock.monotonic_s() - started_s

    def moments(self, track_ids: Mapping[int, int]) -> list[Moment]:
        """What was judged, of the tracks (`Track.number` to track id) that turned out to be people."""
        started_s = self._clock.monotonic_s()
        self._run()
        self.took_s += self._clock.monotonic_s() - started_s
        return [
            Moment(track_ids[sample.number], sample.time_s, sample.face, ratio)
            for sample, ratio in self._judged
            if sample.number in track_ids
        ]

    def _run(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            ratios = self._judge.log_likelihood_ratios(np.stack([tensor for _, tensor in waiting]))
            self._judged += zip([sample for sample, _ in waiting], ratios, strict=True)
