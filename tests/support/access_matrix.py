"""Every call of the gateway with every kind of caller: what docs/security.md promises, and what is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import grpc
from google.longrunning import operations_pb2
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from gateway.door.tokens import Scope
from kit.rpc.channel import open_aio_channel
from kit.rpc.status import from_rpc_error
from telltale.gateway.v1 import (
    analysis_service_pb2,
    feedback_service_pb2,
    key_service_pb2,
    media_service_pb2,
    operation_service_pb2,
    resources_pb2,
    share_service_pb2,
    web_service_pb2,
)
from tests.support.gateway import PHOTO, Headers, World, bearer, pieces
from tests.support.imports import ROOT

DOCS = ROOT / "docs" / "security.md"
LINK = "link"
_ROW = re.compile(r"\| `(\w+\.\w+)` \| (.+) \|")
_HEADER = "| call | "


@dataclass(frozen=True)
class Belongings:
    """What somebody has, of every kind. `secret` is that of the link."""

    media: str
    analysis: str
    map: str
    share: str
    secret: str
    contribution: str

    @property
    def operation(self) -> str:
        return self.analysis.replace("analyses", "operations")

    @property
    def feedback(self) -> str:
        return f"{self.analysis}/feedback"


NOBODYS = Belongings(
    media=f"media/{'0' * 26}",
    analysis=f"analyses/{'0' * 26}",
    map=f"analyses/{'0' * 26}/maps/noise_residual",
    share=f"analyses/{'0' * 26}/shares/{'0' * 26}",
    secret="x" * 43,
    contribution=f"contributions/{'0' * 26}",
)
"""Names that nothing has."""

Asks = Callable[[Belongings], Message | Iterator[Message]]

ASKS: dict[str, Asks] = {
    "MediaService.UploadMedia": lambda _: pieces(media_service_pb2.UploadMediaRequest, PHOTO),
    "MediaService.GetMedia": lambda its: media_service_pb2.GetMediaRequest(name=its.media),
    "MediaService.DownloadMedia": lambda its: media_service_pb2.DownloadMediaRequest(name=its.media),
    "MediaService.ListMedia": lambda _: media_service_pb2.ListMediaRequest(page_size=200),
    "MediaService.DeleteMedia": lambda its: media_service_pb2.DeleteMediaRequest(name=its.media),
    "MediaService.ContributeMedia": lambda its: media_service_pb2.ContributeMediaRequest(
        name=its.media, truth=resources_pb2.TRUTH_AUTHENTIC
    ),
    "MediaService.DeleteContribution": lambda its: media_service_pb2.DeleteContributionRequest(name=its.contribution),
    "AnalysisService.CreateAnalysis": lambda its: analysis_service_pb2.CreateAnalysisRequest(media=its.media),
    "AnalysisService.BatchCreateAnalyses": lambda its: analysis_service_pb2.BatchCreateAnalysesRequest(
        requests=[analysis_service_pb2.CreateAnalysisRequest(media=its.media)]
    ),
    "AnalysisService.AnalyzeMedia": lambda _: pieces(analysis_service_pb2.AnalyzeMediaRequest, PHOTO),
    "AnalysisService.AnalyzeStoredMedia": lambda its: analysis_service_pb2.AnalyzeStoredMediaRequest(name=its.media),
    "AnalysisService.GetAnalysis": lambda its: analysis_service_pb2.GetAnalysisRequest(name=its.analysis),
    "AnalysisService.ListAnalyses": lambda _: analysis_service_pb2.ListAnalysesRequest(page_size=200),
    "AnalysisService.DeleteAnalysis": lambda its: analysis_service_pb2.DeleteAnalysisRequest(name=its.analysis),
    "AnalysisService.GetReport": lambda its: analysis_service_pb2.GetReportRequest(name=its.analysis),
    "AnalysisService.GetMap": lambda its: analysis_service_pb2.GetMapRequest(name=its.map),
    "OperationService.WatchOperation": lambda its: operation_service_pb2.WatchOperationRequest(name=its.operation),
    "OperationService.WaitOperation": lambda its: operation_service_pb2.WaitOperationRequest(name=its.operation),
    "Operations.ListOperations": lambda _: operations_pb2.ListOperationsRequest(name="operations", page_size=200),
    "Operations.GetOperation": lambda its: operations_pb2.GetOperationRequest(name=its.operation),
    "Operations.DeleteOperation": lambda its: operations_pb2.DeleteOperationRequest(name=its.operation),
    "Operations.CancelOperation": lambda its: operations_pb2.CancelOperationRequest(name=its.operation),
    "Operations.WaitOperation": lambda its: operations_pb2.WaitOperationRequest(name=its.operation),
    "ShareService.CreateShare": lambda its: share_service_pb2.CreateShareRequest(parent=its.analysis),
    "ShareService.ListShares": lambda its: share_service_pb2.ListSharesRequest(parent=its.analysis),
    "ShareService.DeleteShare": lambda its: share_service_pb2.DeleteShareRequest(name=its.share),
    "ShareService.GetSharedAnalysis": lambda its: share_service_pb2.GetSharedAnalysisRequest(secret=its.secret),
    "ShareService.GetSharedMap": lambda its: share_service_pb2.GetSharedMapRequest(
        secret=its.secret, cue=its.map.split("/")[3]
    ),
    "ShareService.GetSharedReport": lambda its: share_service_pb2.GetSharedReportRequest(secret=its.secret),
    "ShareService.DownloadSharedMedia": lambda its: share_service_pb2.DownloadSharedMediaRequest(secret=its.secret),
    "FeedbackService.SetFeedback": lambda its: feedback_service_pb2.SetFeedbackRequest(
        feedback=resources_pb2.Feedback(name=its.feedback, truth=resources_pb2.TRUTH_AUTHENTIC)
    ),
    "FeedbackService.GetFeedback": lambda its: feedback_service_pb2.GetFeedbackRequest(name=its.feedback),
    "FeedbackService.DeleteFeedback": lambda its: feedback_service_pb2.DeleteFeedbackRequest(name=its.feedback),
    "FeedbackService.ListFeedback": lambda _: feedback_service_pb2.ListFeedbackRequest(page_size=200),
    "KeyService.ListSigningKeys": lambda _: key_service_pb2.ListSigningKeysRequest(),
    "WebService.GetPage": lambda _: web_service_pb2.GetPageRequest(),
    "WebService.GetDocs": lambda _: web_service_pb2.GetDocsRequest(),
    "WebService.GetAsset": lambda _: web_service_pb2.GetAssetRequest(name="access.js"),
    "Health.Check": lambda _: health_pb2.HealthCheckRequest(),
    "Health.List": lambda _: health_pb2.HealthListRequest(),
    "Health.Watch": lambda _: health_pb2.HealthCheckRequest(),
    "ServerReflection.ServerReflectionInfo": lambda _: iter([reflection_pb2.ServerReflectionRequest(list_services="")]),
}
"""What is asked of every call, about somebody's belongings."""

ENDLESS = {"Health.Watch"}
"""They answer until their caller goes away; the first answer is enough."""


def promised() -> dict[str, dict[str, str]]:
    """The table of docs/security.md: by call, by kind of caller, how the call ends."""
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    [header] = [line for line in lines if line.startswith(_HEADER)]
    callers = [cell.strip(" `") for cell in header.strip("|").split("|")][1:]
    rows = [found for line in lines if (found := _ROW.fullmatch(line))]
    return {row[1]: dict(zip(callers, row[2].split(" | "), strict=True)) for row in rows}


async def served(port: int) -> dict[str, MethodDescriptor]:
    """Every call that a running server knows, as the server itself tells."""
    async with open_aio_channel(f"127.0.0.1:{port}") as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[no-untyped-call]  # generated
        asked = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
        [answer] = [answer async for answer in asked]
    pool = descriptor_pool.Default()
    services = [pool.FindServiceByName(service.name) for service in answer.list_services_response.service]
    return {f"{service.name}.{method.name}": method for service in services for method in service.methods}


async def callers(world: World, its: Belongings) -> dict[str, Headers]:
    """Headers of every kind of caller, by the names that the table has for them."""
    tokens = world.gateway.tokens
    expired = await world.headers_for(Scope.ADMIN, lifetime=timedelta(seconds=1))
    world.clock.advance(1)
    revoked = await tokens.create("alice", [Scope.ADMIN])
    await tokens.revoke(revoked.token.token_id)
    return {
        "no token": [],
        "bad": bearer("tt_" + "x" * 43),
        "expired": expired,
        "revoked": bearer(revoked.secret),
        "analyze": await world.headers_for(Scope.ANALYZE),
        "read": await world.headers_for(Scope.READ),
        "admin": await world.headers_for(Scope.ADMIN),
        "other tenant": await world.headers_for(*Scope, owner="bob"),
        LINK: bearer(its.secret),
    }


async def belongings(world: World) -> Belongings:
    """A medium of the first token's owner with all that can hang on one."""
    [analysis] = await world.analyze()
    wanted = share_service_pb2.CreateShareRequest(parent=analysis.name, with_media=True)
    share = await world.shares.CreateShare(wanted, metadata=world.headers)
    said = resources_pb2.Feedback(name=f"{analysis.name}/feedback", truth=resources_pb2.TRUTH_AUTHENTIC)
    await world.feedback.SetFeedback(feedback_service_pb2.SetFeedbackRequest(feedback=said), metadata=world.headers)
    consent = media_service_pb2.ContributeMediaRequest(name=analysis.media, truth=resources_pb2.TRUTH_AUTHENTIC)
    given = await world.media.ContributeMedia(consent, metadata=world.headers)
    return Belongings(analysis.media, analysis.name, analysis.maps[0].name, share.name, share.secret, given.name)


class Doors:
    """Knocks at every call of a server by its descriptor."""

    def __init__(self, channel: grpc.aio.Channel, methods: dict[str, MethodDescriptor]) -> None:
        self._channel = channel
        self._methods = methods

    async def ends(self, name: str, its: Belongings, headers: Headers) -> str:
        """How a call ends: "OK", the reason of its error, or "EMPTY" for a list in which nothing is theirs."""
        try:
            answers = await self.answers(name, its, headers)
        except grpc.aio.AioRpcError as error:
            return from_rpc_error(error).reason_name()
        lists = "page_token" in self._methods[name].input_type.fields_by_name
        theirs = (its.media, its.analysis, its.operation)
        return "EMPTY" if lists and not any(each in str(answers[0]) for each in theirs) else "OK"

    async def answers(self, name: str, its: Belongings, headers: Headers) -> Sequence[Any]:
        """What is answered. Raises AioRpcError."""
        method = self._methods[name]
        call = self._stub(method)(ASKS[name](its), metadata=headers)
        if not method.server_streaming:
            return [await call]
        if name not in ENDLESS:
            return [answer async for answer in call]
        answer = await call.read()
        call.cancel()
        return [answer]

    def _stub(self, method: MethodDescriptor) -> Any:
        kind = f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"
        return getattr(self._channel, kind)(
            f"/{method.containing_service.full_name}/{method.name}",
            request_serializer=type(method.input_type._concrete_class()).SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
