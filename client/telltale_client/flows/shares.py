"""Links, what turned out to be true, and keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import telltale_client.methods as methods
from telltale.gateway.v1 import (
    feedback_service_pb2,
    key_service_pb2,
    resources_pb2,
    share_service_pb2,
)
from telltale_client.effects import Flow, Stream
from telltale_client.flows.calling import PAGE_SIZE, once, paged, repeated
from telltale_client.values import Truth, duration, enum_value, name_in

Analysis = resources_pb2.Analysis


def share(
    analysis: str | Analysis, *, time_to_live: timedelta | None = None, with_media: bool = False
) -> Flow[resources_pb2.Share]:
    """Makes a link for people without a token. `secret` of the answer is told this once.

    Args:
        analysis: "analyses/{id}", or the analysis itself.
        time_to_live: a minute to thirty days; seven days when it is None.
        with_media: whether they may see the file itself, too.

    Raises:
        NotFound.
    """
    request = share_service_pb2.CreateShareRequest(
        parent=name_in(analysis), time_to_live=duration(time_to_live), with_media=with_media
    )
    return (yield from once(methods.CREATE_SHARE, request))


def list_shares(analysis: str | Analysis) -> Flow[Sequence[resources_pb2.Share]]:
    """Links of an analysis that have not expired, newest first, without their secrets. Raises NotFound."""
    request = share_service_pb2.ListSharesRequest(parent=name_in(analysis))
    return (yield from repeated(methods.LIST_SHARES, request)).shares


def delete_share(share: str | resources_pb2.Share) -> Flow[None]:
    """Ends a link at once. Raises NotFound."""
    yield from once(methods.DELETE_SHARE, share_service_pb2.DeleteShareRequest(name=name_in(share)))


def feedback(analysis: str | Analysis, truth: Truth | int, comment: str = "") -> Flow[resources_pb2.Feedback]:
    """Says what is true of the file behind an analysis; a second time replaces the first. Raises NotFound."""
    value = enum_value(resources_pb2.Truth, "TRUTH", truth)
    said = resources_pb2.Feedback(name=f"{name_in(analysis)}/feedback", truth=value, comment=comment)
    return (yield from repeated(methods.SET_FEEDBACK, feedback_service_pb2.SetFeedbackRequest(feedback=said)))


def get_feedback(analysis: str | Analysis) -> Flow[resources_pb2.Feedback]:
    """What was said of an analysis. Raises NotFound."""
    request = feedback_service_pb2.GetFeedbackRequest(name=f"{name_in(analysis)}/feedback")
    return (yield from repeated(methods.GET_FEEDBACK, request))


def list_feedback() -> Stream[resources_pb2.Feedback]:
    """All that was said, newest analysis first."""
    request = feedback_service_pb2.ListFeedbackRequest(page_size=PAGE_SIZE)
    return (yield from paged(methods.LIST_FEEDBACK, request, lambda page: page.feedback))


def delete_feedback(analysis: str | Analysis) -> Flow[None]:
    """Takes back what was said. Raises NotFound."""
    request = feedback_service_pb2.DeleteFeedbackRequest(name=f"{name_in(analysis)}/feedback")
    yield from once(methods.DELETE_FEEDBACK, request)


def signing_keys() -> Flow[Sequence[key_service_pb2.SigningKey]]:
    """The public keys of reports and receipts, the one in use first. Needs no token."""
    return (yield from repeated(methods.LIST_SIGNING_KEYS, key_service_pb2.ListSigningKeysRequest())).keys
