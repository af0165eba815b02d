"""What the logic of this package asks of the world, as values.

There is one implementation of everything that a client does: generators ("flows") that yield effects and are sent their outcomes.
They know neither threads nor an event loop. Two small drivers perform the effects, one blocking and one by asyncio, and two
classes list which flow is which method. So sync and async cannot drift apart, nothing is written or generated twice, and the
logic (retries, reconnecting) is tested without a network. The price is one layer between a method and its call.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from google.protobuf.message import Message

from telltale_client.errors import TelltaleError

Answer = TypeVar("Answer", bound=Message)
Result = TypeVar("Result")
Item = TypeVar("Item")

CALL_TIMEOUT_S = 30.0
REPORT_TIMEOUT_S = 60.0
UPLOAD_TIMEOUT_S = 900.0
STREAM_TIMEOUT_S = 1860.0
"""Above what the edge allows: 900 s for an upload and 900 s for an analysis."""


@dataclass(frozen=True)
class Method(Generic[Answer]):
    """A method of the contract: its path and the type of its answer."""

    path: str
    answer: type[Answer]


Pieces = Callable[[], Iterator[Message]]
"""Makes the messages of an upload, from the beginning at each call."""


@dataclass(frozen=True)
class Call:
    """One message out, one back. Outcome: the answer."""

    method: Method[Any]
    request: Message
    timeout_s: float = CALL_TIMEOUT_S


@dataclass(frozen=True)
class Send:
    """Many messages out, one back. Outcome: the answer."""

    method: Method[Any]
    pieces: Pieces
    timeout_s: float = UPLOAD_TIMEOUT_S


@dataclass(frozen=True)
class Open:
    """One or many messages out, many back. Outcome: a handle for `Next`. It is closed when the flow ends."""

    method: Method[Any]
    request: Message | Pieces
    timeout_s: float = STREAM_TIMEOUT_S


@dataclass(frozen=True)
class Next:
    """The next message of a stream. Outcome: the message, or None after the last one."""

    stream: object


@dataclass(frozen=True)
class Rest:
    """Something failed. Outcome: none, after a pause; where trying again is no use, the error is raised.

    Attributes:
        attempt: how often in a row it has failed, from 1.
        again: whether it may be done twice: the server may have done it although no answer came.
    """

    error: TelltaleError
    attempt: int
    again: bool


@dataclass(frozen=True)
class Emit(Generic[Item]):
    """A value for the caller who iterates. Outcome: none."""

    value: Item


Effect: TypeAlias = Call | Send | Open | Next | Rest
Flow: TypeAlias = Generator[Effect, Any, Result]
"""Logic with one result."""
Stream: TypeAlias = Generator[Effect | Emit[Item], Any, None]
"""Logic with many."""


class Walk(Generic[Result]):
    """Steps through a flow; `result` is there when there is no next effect."""

    result: Result

    def __init__(self, flow: Generator[Any, Any, Result]) -> None:
        self._flow = flow

    def resume(self, outcome: object = None, error: TelltaleError | None = None) -> Any:
        """The next effect, None at the end. Raises what the flow raises."""
        try:
            return self._flow.send(outcome) if error is None else self._flow.throw(error)
        except StopIteration as end:
            self.result = end.value
            return None

    def close(self) -> None:
        """Ends the flow."""
        self._flow.close()
