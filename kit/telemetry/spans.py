"""What traces are made of, and who makes them."""

from __future__ import annotations

from typing import Any, Final, Literal, Protocol

TRACEPARENT: Final = "traceparent"
"""Metadata of a call, and a column of an order: the span that it belongs to."""

Kind = Literal["server", "client", "inner", "consumer"]


class Span(Protocol):
    """A part of a trace."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""
        ...

    @property
    def traceparent(self) -> str:
        """How another process continues here."""
        ...

    @property
    def is_kept(self) -> bool:
        """Whether it is sampled: who begins a part of one that is not need not measure it."""
        ...

    def end(self, status: str) -> None:
        """It took until now. `status` is a name of gRPC's status codes; empty where there is none."""
        ...


class Recorder(Protocol):
    """Makes spans and sends them to a collector."""

    def begin(self, name: str, kind: Kind, parent: Span | str | None, attributes: dict[str, Any]) -> Span:
        """A span that begins now, below `parent`: a span of this process, or the traceparent of another one."""
        ...

    def close(self) -> None:
        """Sends what is left, for a few seconds at most."""
        ...
