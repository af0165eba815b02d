"""The seam between what is to be done and who sees to it that it is done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

Kind = Literal["analysis", "notification"]


@dataclass(frozen=True)
class Job:
    """One piece of long-running work.

    Attributes:
        kind: what is to be done.
        subject: id of the row that it is about. The engine knows nothing else of the row, so nothing else is left there.
        turn: whose turn it takes: the id of a token. Tokens take turns; one with a thousand jobs does not keep others waiting.
        priority: among the jobs of one turn, lower ones first; at least 1.
    """

    kind: Kind
    subject: str
    turn: str
    priority: int

    @property
    def job_id(self) -> str:
        """The engine's key: the same one twice is one job."""
        return job_id(self.kind, self.subject)


def job_id(kind: Kind, subject: str) -> str:
    """The engine's key of the job of this kind about this row."""
    return f"{kind}-{subject}"


class Backlog(NamedTuple):
    """How many jobs wait: all together, and those of one turn."""

    together: int
    of_turn: int


class Work(Protocol):
    """What jobs do. Every method may be called again after a crash, also while an earlier one thought dead still runs."""

    async def examine(self, analysis_id: str) -> None:
        """Has the detectors look at the media of an analysis and stores what they saw.

        Returns at once when that is done already, or when the analysis has ended or is gone. Raises TelltaleError when trying
        again later may help.
        """
        ...

    async def judge(self, analysis_id: str) -> None:
        """Has the evidence fused and ends the analysis. Returns at once, and raises, as `examine` does."""
        ...

    async def fail(self, analysis_id: str, problem: str) -> None:
        """Ends an analysis that was tried often enough."""
        ...

    async def deliver(self, notification_id: str) -> float | None:
        """Tries once to deliver a notification. None: nothing is left to do; otherwise seconds until the next attempt.

        When that is more than a minute the job ends, and whoever wants the attempt renews it then.
        """
        ...


class Engine(Protocol):
    """Sees to it that jobs are done: each to its end exactly once, however often processes die."""

    def running(self, work: Work) -> AbstractAsyncContextManager[None]:
        """Takes jobs on, and does them where this process is a worker, until the context ends.

        Jobs at work then are taken up elsewhere, or here at the next start.
        """
        ...

    async def submit(self, jobs: Sequence[Job]) -> None:
        """Takes jobs on for good: when this has returned they will be done. A job that is known already is left as it is.

        Raises:
            StorageUnavailable: the jobs' database does not answer.
        """
        ...

    async def renew(self, jobs: Sequence[Job]) -> None:
        """The same for what is still to be done: a job that has ended all the same is done anew. Raises as `submit`."""
        ...

    async def cancel(self, job_ids: Sequence[str]) -> None:
        """Takes waiting jobs out of the queue and stops those at work, wherever they run; ended ones stay as they are."""
        ...

    async def forget(self, job_ids: Sequence[str]) -> bool:
        """Stops jobs and deletes every trace of them; whether there was any."""
        ...

    async def waiting(self, turn: str) -> Backlog:
        """How many analyses wait."""
        ...
