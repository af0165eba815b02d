"""Shadows: models that are asked what "main" was asked, after it has answered; what they say is compared and told to nobody.

One question waits at most and one is at work; those that come meanwhile are not heard. What is kept of a question, its medium
above all, is given up the moment that it was asked.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from kit.batching.wish import Priority, Wish, wishing
from kit.errors import Cancelled, NotFound, TelltaleError
from kit.log import get_logger
from kit.media.cancel import CancelToken
from kit.process import lower_priority_of_thread
from kit.serving.bundle import D
from kit.serving.lanes import Lanes
from kit.telemetry import Counter, Histogram
from telltale.common.v1 import evidence_pb2

LOG_ODDS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Upper edges of the classes of a difference."""
QUESTIONS: Final = Counter(
    "telltale_shadow_questions_total", "Questions that shadows could have heard: answered, dropped, failed.", "outcome"
)
COMPARED: Final = Counter(
    "telltale_shadow_compared_total", "Opinions of shadows, by whether main had the same.", "cue", "same"
)
DIFFERENCE: Final = Histogram(
    "telltale_shadow_difference_log_odds",
    "How far the log-likelihood ratio of a shadow's finding lies from main's.",
    "cue",
    edges=LOG_ODDS,
)

_PLACES: Final = 2
D_contra = TypeVar("D_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one test said."""

    label: str
    """"finding", the reason of an abstention, or the label of a verdict."""
    log_odds: float | None = None
    """Natural log-likelihood ratio of a finding, or log-odds of a verdict."""


Opinions = Mapping[str, Opinion]
"""By the name of the test."""


class Question(Protocol[D_contra]):
    """What was asked, in a form that outlives the call."""

    def ask(self, detector: D_contra, cancel: CancelToken) -> Opinions:
        """Asks it again. Raises what the detector raises."""
        ...

    def close(self) -> None:
        """Forgets it."""
        ...


def opinions_of(evidence: Iterable[evidence_pb2.Evidence]) -> Opinions:
    """The opinions in pieces of evidence, one for each test."""
    return {entry.cue: _opinion(entry) for entry in evidence}


class Shadow(Generic[D]):
    """Asks the shadows among the lanes, in a thread of low priority. Close it when the service ends."""

    def __init__(self, lanes: Lanes[D]) -> None:
        self._lanes = lanes
        self._places = threading.BoundedSemaphore(_PLACES)
        self._waiting: queue.SimpleQueue[tuple[Question[D], Opinions] | None] = queue.SimpleQueue()
        self._cancel = CancelToken()
        self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)

    def start(self) -> None:
        """Begins to ask."""
        self._thread.start()

    def hear(self, answered: Opinions, keep: Callable[[], Question[D]]) -> None:
        """Takes what main was asked and has answered. Never waits, never raises.

        `keep` is called only when somebody will ask it.
        """
        if not self._lanes.shadows():
            return
        if not self._places.acquire(blocking=False):
            QUESTIONS.add(outcome="dropped")
            return
        try:
            self._waiting.put((keep(), answered))
        except (
            OSError
        ) as error:  # No descriptor is left for it, say: the call that it was about has long been answered.
            self._places.release()
            QUESTIONS.add(outcome="dropped")
            get_logger().warning("a question could not be kept for the shadow", why=str(error))

    def close(self) -> None:
        """Asks no more: what is at work is cancelled, what waits is forgotten."""
        self._cancel.cancel()
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        lower_priority_of_thread()
        while (heard := self._waiting.get()) is not None:
            question, answered = heard
            del heard
            self._answer(question, answered)
            del question
            self._places.release()

    def _answer(self, question: Question[D], answered: Opinions) -> None:
        try:
            for lane in self._lanes.shadows():
                self._compare(lane, question, answered)
        finally:
            question.close()

    def _compare(self, lane: str, question: Question[D], answered: Opinions) -> None:
        try:
            with (
                wishing(Wish(cancel=self._cancel, priority=Priority.BACKGROUND)),
                self._lanes.lease(lane, shadow=True) as asked,
            ):
                said = question.ask(asked, self._cancel)
        except (Cancelled, NotFound):
            QUESTIONS.add(outcome="dropped")  # The service ends, or the lane was dropped.
        except Exception as error:  # The last resort: nothing in here may reach a caller.
            QUESTIONS.add(outcome="failed")
            reason = error.reason_name() if isinstance(error, TelltaleError) else type(error).__name__
            get_logger().warning("the shadow failed", lane=lane, reason=reason, exc_info=True)
        else:
            QUESTIONS.add(outcome="answered")
            _report(lane, answered, said)


def _report(lane: str, answered: Opinions, said: Opinions) -> None:
    cues = {name: _comparison(name, answered.get(name), said.get(name)) for name in sorted({*answered, *said})}
    get_logger().info("shadow compared", lane=lane, cues=cues)


def _comparison(cue: str, main: Opinion | None, shadow: Opinion | None) -> Mapping[str, object]:
    labels = {"main": main.label if main else None, "shadow": shadow.label if shadow else None}
    COMPARED.add(cue=cue, same=str(labels["main"] == labels["shadow"]).lower())
    if main is None or shadow is None or main.log_odds is None or shadow.log_odds is None:
        return labels
    difference = shadow.log_odds - main.log_odds
    DIFFERENCE.observe(abs(difference), cue=cue)
    return {**labels, "difference": round(difference, 4)}


def _opinion(entry: evidence_pb2.Evidence) -> Opinion:
    if entry.WhichOneof("outcome") == "finding":
        return Opinion("finding", entry.finding.log_likelihood_ratio)
    return Opinion(evidence_pb2.AbstentionReason.Name(entry.abstention.reason))
