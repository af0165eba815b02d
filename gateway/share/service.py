"""ShareService over gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import grpc
from google.api import httpbody_pb2

from gateway.door.access import Gate
from gateway.door.tokens import Scope
from gateway.ids import id_in, share_id_in
from gateway.views.lounge import Lounge
from gateway.views.sharing import DEFAULT_LIFE, Sharing
from kit.rpc.aio_server import AioServiceBinding
from telltale.gateway.v1 import resources_pb2, share_service_pb2, share_service_pb2_grpc

# As many calls does one count for that writes a report or sends a whole file.
_DEAR = 10


class ShareServicer:
    """Convert, call, convert. The first three methods are the owner's, the others take a secret instead of a token."""

    def __init__(self, gate: Gate, sharing: Sharing, lounge: Lounge) -> None:
        self._gate = gate
        self._sharing = sharing
        self._lounge = lounge

    async def CreateShare(
        self, request: share_service_pb2.CreateShareRequest, context: grpc.aio.ServicerContext
    ) -> resources_pb2.Share:
        """Makes a link."""
        life = request.time_to_live.ToTimedelta() if request.HasField("time_to_live") else DEFAULT_LIFE
        async with self._gate.admit("CreateShare", context, Scope.ANALYZE) as call:
            analysis_id = id_in(request.parent)
            return call.made(await self._sharing.create(call.owner, analysis_id, life, with_media=request.with_media))

    async def ListShares(
        self, request: share_service_pb2.ListSharesRequest, context: grpc.aio.ServicerContext
    ) -> share_service_pb2.ListSharesResponse:
        """Links of an analysis."""
        async with self._gate.admit("ListShares", context, Scope.READ) as call:
            shares = await self._sharing.list(call.owner, id_in(request.parent))
            return share_service_pb2.ListSharesResponse(shares=shares)

    async def DeleteShare(
        self, request: share_service_pb2.DeleteShareRequest, context: grpc.aio.ServicerContext
    ) -> share_service_pb2.DeleteShareResponse:
        """Ends a link."""
        async with self._gate.admit("DeleteShare", context, Scope.ANALYZE) as call:
            await self._sharing.end(call.owner, id_in(request.name), share_id_in(request.name))
            return share_service_pb2.DeleteShareResponse()

    async def GetSharedAnalysis(
        self, request: share_service_pb2.GetSharedAnalysisRequest, context: grpc.aio.ServicerContext
    ) -> resources_pb2.Analysis:
        """The analysis behind a link."""
        async with self._gate.admit_visitor("GetSharedAnalysis", context) as call:
            return await self._lounge.analysis(call, request.secret)

    async def GetSharedMap(
        self, request: share_service_pb2.GetSharedMapRequest, context: grpc.aio.ServicerContext
    ) -> share_service_pb2.GetSharedMapResponse:
        """A map of it as PNG."""
        async with self._gate.admit_visitor("GetSharedMap", context) as call:
            png = await self._lounge.map_png(call, request.secret, request.cue)
            file = httpbody_pb2.HttpBody(content_type="image/png", data=png)
            return share_service_pb2.GetSharedMapResponse(file=file)

    async def GetSharedReport(
        self, request: share_service_pb2.GetSharedReportRequest, context: grpc.aio.ServicerContext
    ) -> share_service_pb2.GetSharedReportResponse:
        """Its report in the format that was asked for."""
        async with self._gate.admit_visitor("GetSharedReport", context, _DEAR) as call:
            report = await self._lounge.report(call, request.secret, request.format)
            await context.send_initial_metadata(report.headers)
            file = httpbody_pb2.HttpBody(content_type=report.content_type, data=report.data)
            return share_service_pb2.GetSharedReportResponse(file=file)

    async def DownloadSharedMedia(
        self, request: share_service_pb2.DownloadSharedMediaRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[httpbody_pb2.HttpBody]:
        """The file itself."""
        async with self._gate.admit_visitor("DownloadSharedMedia", context, _DEAR) as call:
            media = await self._lounge.media(call, request.secret)
            async with aclosing(self._lounge.read(media)) as pieces:
                async for piece in pieces:
                    yield httpbody_pb2.HttpBody(content_type=media.info.mime_type, data=piece)


def share_service(servicer: ShareServicer) -> AioServiceBinding:
    """The binding of `ShareService` for a server."""
    return AioServiceBinding(
        descriptor=share_service_pb2.DESCRIPTOR.services_by_name["ShareService"],
        add=share_service_pb2_grpc.add_ShareServiceServicer_to_server,
        servicer=servicer,
    )
