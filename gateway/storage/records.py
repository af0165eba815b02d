"""What goes in and out of the gateway's database besides the messages that callers see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from telltale.gateway.v1 import resources_pb2

NotificationEnd = Literal["delivered", "given_up"]


@dataclass(frozen=True)
class Claim:
    """An idempotency key as its owner used it: the same key with other bytes is refused.

    Attributes:
        purpose: what the key was given for; one key serves once for each.
        request_id: the caller's UUID.
        sha256: of the media that came with it.
    """

    purpose: Literal["upload", "analyze"]
    request_id: str
    sha256: str


@dataclass(frozen=True)
class Terms:
    """On which terms an analysis is made; the rest of them is in the analysis itself.

    Attributes:
        token_id: whose turn it takes.
        language: of the verdict's sentences, a BCP 47 tag; English when empty.
        deadline: when nobody wants it any more; None: never.
        notify_url: whom to tell when it has ended; empty: nobody.
        traceparent: the span of the call that ordered it (W3C); empty where nothing is traced.
    """

    token_id: str = ""
    language: str = ""
    deadline: datetime | None = None
    notify_url: str = ""
    traceparent: str = ""


@dataclass(frozen=True)
class Commission:
    """An analysis as who makes it sees it."""

    owner: str
    analysis: resources_pb2.Analysis
    terms: Terms


class Ending(NamedTuple):
    """What became of ending an analysis.

    Attributes:
        done: whether it had not ended before.
        notification_id: of the notification to be sent; empty when nobody is told.
    """

    done: bool
    notification_id: str = ""


@dataclass(frozen=True)
class Deletion:
    """What went when something was deleted.

    Attributes:
        names: of the resources, what was asked for first.
        artefacts: kinds of stored data that were really there, as `telltale.gateway.v1.DeletionReceipt` names them.
        jobs: keys of the job engine.
        sha256: of the media that they were or spoke of; empty when nobody knows any more.
        file: key of the media's file; empty when that stays.
        evidence: keys of files with evidence.
        contributions: ids of copies that were given to us.
    """

    names: tuple[str, ...]
    artefacts: frozenset[str]
    jobs: tuple[str, ...] = ()
    sha256: str = ""
    file: str = ""
    evidence: tuple[str, ...] = ()
    contributions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shared:
    """What a link opens.

    Attributes:
        owner: who made the link.
        share: the link, without its secret.
        analysis: as its owner sees it.
    """

    owner: str
    share: resources_pb2.Share
    analysis: resources_pb2.Analysis


class NewAnalysis(NamedTuple):
    """A row to be stored."""

    analysis: resources_pb2.Analysis
    terms: Terms
    claim: Claim | None


class RequestIdTaken(Exception):
    """Somebody else was faster with this key; what they have stored is to be found under it."""


@dataclass(frozen=True)
class Notification:
    """Somebody who is to be told that an analysis has ended.

    Attributes:
        url: of whom.
        body: what is sent, the same bytes at every attempt.
        attempts: how many there were.
        create_time: when the analysis ended.
        next_time: no attempt before.
        traceparent: that of the analysis.
    """

    notification_id: str
    url: str
    body: bytes
    attempts: int
    create_time: datetime
    next_time: datetime
    traceparent: str = ""
