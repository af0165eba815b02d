"""How somebody wants a file to be judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2


@dataclass(frozen=True)
class Order:
    """An order.

    Attributes:
        token_id: who orders; whose turn it takes.
        request_id: the client's idempotency key; empty when there is none.
        depth: how much of a long file to look at, settled.
        language: of the verdict's sentences, a BCP 47 tag; English when empty.
        priority: among the orders of one token.
        wanted_within: how long from now the answer is wanted; None: always.
        notify_url: whom to tell when it has ended, checked; empty: nobody.
        fresh: nothing is taken over from earlier analyses.
    """

    token_id: str
    request_id: str
    depth: media_pb2.Depth.ValueType
    language: str
    priority: resources_pb2.Priority.ValueType = resources_pb2.PRIORITY_NORMAL
    wanted_within: timedelta | None = None
    notify_url: str = ""
    fresh: bool = False
