"""What the tests of sound offer. Each is shown the sound of a whole file; those that look at lips also its mouths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from av_sync_svc.hearing import Hearing
from av_sync_svc.mouths import Mouth
from kit.media.cancel import CancelToken
from kit.models.card import LoadedModel
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2


class Cue(Protocol):
    """One physical, statistical or learned test."""

    @property
    def name(self) -> str:
        """Stable snake_case name of the test, as it stands in its evidence."""
        ...

    @property
    def model(self) -> LoadedModel:
        """The model behind the test."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class LipOpinion:
    """What a test of lips says, and how it came to that."""

    evidence: evidence_pb2.Evidence
    curves: tuple[sound_pb2.LipSyncCurve, ...]
    """One per person that it has an opinion on."""


class LipCue(Cue, Protocol):
    """A test of how lips and sound fit."""

    def examine(self, hearing: Hearing, mouths: Sequence[Mouth], cancel: CancelToken) -> LipOpinion:
        """Its opinion on a video with sound; `mouths` are those that were in view while somebody spoke. Raises Cancelled."""
        ...


class CoherenceCue(Cue, Protocol):
    """A test of what belongs together in the sound."""

    def examine(self, hearing: Hearing, cancel: CancelToken) -> evidence_pb2.Evidence:
        """Its opinion on a recording, or on the sound of a video. Raises Cancelled."""
        ...
