"""A FeedbackService with two cases on two pages."""

from __future__ import annotations

from typing import Any

import grpc

from kit.errors import InvalidToken
from kit.rpc.status import abort
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import feedback_service_pb2, feedback_service_pb2_grpc, resources_pb2


class FakeFeedback(feedback_service_pb2_grpc.FeedbackServiceServicer):
    """Two cases, one a page; the token "tt_none" has none, any other is unknown."""

    def ListFeedback(self, request: Any, context: grpc.ServicerContext) -> feedback_service_pb2.ListFeedbackResponse:
        token = dict(context.invocation_metadata())["authorization"]
        if token == "Bearer tt_none":
            return feedback_service_pb2.ListFeedbackResponse()
        if token != "Bearer tt_two":
            abort(context, InvalidToken("this token is unknown"))
        first = not request.page_token
        said = resources_pb2.Feedback(
            name=f"analyses/{'a' if first else 'b'}/feedback",
            truth=resources_pb2.TRUTH_AUTHENTIC,
            comment="the [author] said so",
            label=verdict_pb2.LABEL_SUSPICIOUS if first else verdict_pb2.LABEL_AUTHENTIC,
        )
        return feedback_service_pb2.ListFeedbackResponse(feedback=[said], next_page_token="2" if first else "")
