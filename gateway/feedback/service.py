"""FeedbackService over gRPC."""

from __future__ import annotations

import grpc

from gateway.door.access import Gate
from gateway.door.tokens import Scope
from gateway.hindsight import Hindsight
from gateway.ids import id_in
from gateway.paging import page
from kit.rpc.aio_server import AioServiceBinding
from telltale.gateway.v1 import feedback_service_pb2, feedback_service_pb2_grpc, resources_pb2


class FeedbackServicer:
    """Convert, call, convert."""

    def __init__(self, gate: Gate, hindsight: Hindsight) -> None:
        self._gate = gate
        self._hindsight = hindsight

    async def SetFeedback(
        self, request: feedback_service_pb2.SetFeedbackRequest, context: grpc.aio.ServicerContext
    ) -> resources_pb2.Feedback:
        """Stores what is true of an analysis."""
        said = request.feedback
        async with self._gate.admit("SetFeedback", context, Scope.ANALYZE) as call:
            return await self._hindsight.learn(call.owner, id_in(said.name), said.truth, said.comment)

    async def GetFeedback(
        self, request: feedback_service_pb2.GetFeedbackRequest, context: grpc.aio.ServicerContext
    ) -> resources_pb2.Feedback:
        """What was said of an analysis."""
        async with self._gate.admit("GetFeedback", context, Scope.READ) as call:
            return await self._hindsight.recall(call.owner, id_in(request.name))

    async def DeleteFeedback(
        self, request: feedback_service_pb2.DeleteFeedbackRequest, context: grpc.aio.ServicerContext
    ) -> feedback_service_pb2.DeleteFeedbackResponse:
        """Takes it back."""
        async with self._gate.admit("DeleteFeedback", context, Scope.ANALYZE) as call:
            await self._hindsight.unlearn(call.owner, id_in(request.name))
            return feedback_service_pb2.DeleteFeedbackResponse()

    async def ListFeedback(
        self, request: feedback_service_pb2.ListFeedbackRequest, context: grpc.aio.ServicerContext
    ) -> feedback_service_pb2.ListFeedbackResponse:
        """A page of all that was said."""
        async with self._gate.admit("ListFeedback", context, Scope.READ) as call:
            said, following = await self._hindsight.page(call.owner, page(request.page_size, request.page_token))
            return feedback_service_pb2.ListFeedbackResponse(feedback=said, next_page_token=following)


def feedback_service(servicer: FeedbackServicer) -> AioServiceBinding:
    """The binding of `FeedbackService` for a server."""
    return AioServiceBinding(
        descriptor=feedback_service_pb2.DESCRIPTOR.services_by_name["FeedbackService"],
        add=feedback_service_pb2_grpc.add_FeedbackServiceServicer_to_server,
        servicer=servicer,
    )
