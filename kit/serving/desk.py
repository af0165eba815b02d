"""Where servicers bring what they were asked: a lane answers, then the shadows hear it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.serving.bundle import D
from kit.serving.lanes import MAIN, Lanes
from kit.serving.metrics import count_opinions
from kit.serving.shadow import Opinion, Opinions, Shadow, opinions_of
from telltale.common.v1 import evidence_pb2

E = TypeVar("E")
A = TypeVar("A")
Ask: TypeAlias = Callable[[D, MediaFile, CancelToken], Iterable[E]]
"""Has a detector look at a medium."""
EvidenceIn: TypeAlias = Callable[[E], Iterable[evidence_pb2.Evidence]]


@dataclass(frozen=True, slots=True)
class _AboutMedium(Generic[D, E]):
    """A question about a medium, which it owns."""

    media: MediaFile
    again: Ask[D, E]
    evidence_in: EvidenceIn[E]

    def ask(self, detector: D, cancel: CancelToken) -> Opinions:
        cancel.raise_if_cancelled()
        said: dict[str, Opinion] = {}
        for event in self.again(detector, self.media, cancel):
            said.update(opinions_of(self.evidence_in(event)))
        return said

    def close(self) -> None:
        self.media.close()


@dataclass(frozen=True, slots=True)
class _Plain(Generic[D, A]):
    """A question without a medium."""

    again: Callable[[D], A]
    opinions: Callable[[A], Opinions]

    def ask(self, detector: D, cancel: CancelToken) -> Opinions:
        cancel.raise_if_cancelled()
        return self.opinions(self.again(detector))

    def close(self) -> None:
        """Nothing is kept."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    lane: str
    """Whom."""
    cancel: CancelToken
    """Ends the work when nobody waits for it any more."""
    tell_basis: Callable[[str], None] = lambda _: None
    """Is told by what the answer is made, before its first part."""


class Desk(Generic[D]):
    """Answers calls. Thread-safe."""

    def __init__(self, lanes: Lanes[D], shadow: Shadow[D]) -> None:
        self._lanes = lanes
        self._shadow = shadow

    def about_medium(
        self,
        caller: Caller,
        media: MediaFile,
        ask: Ask[D, E],
        evidence_in: EvidenceIn[E],
        again: Ask[D, E] | None = None,
    ) -> Iterator[E]:
        """What a lane's detector says of a medium, all of it from one set of models.

        Args:
            caller: who asks.
            media: what about. It stays the caller's; shadows get a handle of their own.
            ask: how.
            evidence_in: the evidence in one event, for the comparison.
            again: how shadows ask, where that differs.

        Raises NotFound, and what `ask` raises. What raised, or was not read to its end, no shadow hears.
        """
        said: dict[str, Opinion] = {}
        with self._lanes.lease(caller.lane) as detector:
            caller.tell_basis(detector.basis)
            for event in ask(detector, media, caller.cancel):
                opinions = opinions_of(evidence_in(event))
                # Other lanes are there to be compared: what they say must not blur what callers are told.
                if caller.lane == MAIN:
                    count_opinions(opinions)
                said.update(opinions)
                yield event
        if caller.lane == MAIN:
            self._shadow.hear(said, lambda: _AboutMedium(media.share(), again or ask, evidence_in))

    def about_evidence(self, lane: str, ask: Callable[[D], A], opinions: Callable[[A], Opinions]) -> A:
        """The same of what needs no medium. Raises NotFound, and what `ask` raises."""
        with self._lanes.lease(lane) as detector:
            answer = ask(detector)
        if lane == MAIN:
            self._shadow.hear(opinions(answer), lambda: _Plain(ask, opinions))
        return answer


def if_evidence(event: object) -> Iterable[evidence_pb2.Evidence]:
    """The evidence in an event of a stream that mixes it with others."""
    return [event] if isinstance(event, evidence_pb2.Evidence) else []
