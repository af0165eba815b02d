"""AnalysisService over gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import grpc
from google.api import httpbody_pb2
from google.longrunning import operations_pb2

from gateway.door.access import Gate
from gateway.door.tokens import Scope
from gateway.ids import cue_in, id_in
from gateway.keeping.receipts import Receipts
from gateway.keeping.shredder import Shredder
from gateway.orders.archive import Archive
from gateway.orders.counter import Counter
from gateway.orders.operations import operation_of
from gateway.paging import page
from gateway.report.room import ReportRoom
from gateway.search import search
from gateway.views.map_room import MapRoom
from kit.rpc.aio_server import AioServiceBinding
from telltale.gateway.v1 import analysis_service_pb2, analysis_service_pb2_grpc, resources_pb2


class AnalysisServicer:
    """Convert, call, convert."""

    def __init__(
        self,
        gate: Gate,
        counter: Counter,
        archive: Archive,
        shredder: Shredder,
        reports: ReportRoom,
        maps: MapRoom,
        receipts: Receipts,
    ) -> None:
        self._gate = gate
        self._counter = counter
        self._archive = archive
        self._shredder = shredder
        self._reports = reports
        self._maps = maps
        self._receipts = receipts

    async def CreateAnalysis(
        self, request: analysis_service_pb2.CreateAnalysisRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.Operation:
        """Has a stored file judged."""
        async with self._gate.admit("CreateAnalysis", context, Scope.ANALYZE) as call:
            [analysis] = await self._counter.take(call, [request])
            return call.made(operation_of(analysis))

    async def BatchCreateAnalyses(
        self, request: analysis_service_pb2.BatchCreateAnalysesRequest, context: grpc.aio.ServicerContext
    ) -> analysis_service_pb2.BatchCreateAnalysesResponse:
        """Has many stored files judged."""
        orders = len(request.requests)
        async with self._gate.admit("BatchCreateAnalyses", context, Scope.ANALYZE, orders) as call:
            taken = await self._counter.take(call, request.requests)
            return call.made(analysis_service_pb2.BatchCreateAnalysesResponse(operations=map(operation_of, taken)))

    async def AnalyzeMedia(
        self, requests: AsyncIterator[analysis_service_pb2.AnalyzeMediaRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[resources_pb2.Analysis]:
        """Stores and judges a file."""
        async with self._gate.admit("AnalyzeMedia", context, Scope.ANALYZE) as call:
            with self._counter.waiting(call):
                async with aclosing(self._counter.answers_about(call, requests)) as answers:
                    async for analysis in answers:
                        yield analysis

    async def AnalyzeStoredMedia(
        self, request: analysis_service_pb2.AnalyzeStoredMediaRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[resources_pb2.Analysis]:
        """Judges a stored file."""
        async with self._gate.admit("AnalyzeStoredMedia", context, Scope.ANALYZE) as call:
            with self._counter.waiting(call):
                async with aclosing(self._counter.answers_about_stored(call, request)) as answers:
                    async for analysis in answers:
                        yield analysis

    async def GetAnalysis(
        self, request: analysis_service_pb2.GetAnalysisRequest, context: grpc.aio.ServicerContext
    ) -> resources_pb2.Analysis:
        """One analysis."""
        async with self._gate.admit("GetAnalysis", context, Scope.READ) as call:
            return await self._archive.get(call.owner, id_in(request.name))

    async def ListAnalyses(
        self, request: analysis_service_pb2.ListAnalysesRequest, context: grpc.aio.ServicerContext
    ) -> analysis_service_pb2.ListAnalysesResponse:
        """A page of analyses."""
        async with self._gate.admit("ListAnalyses", context, Scope.READ) as call:
            wanted = search(request.query, request.labels, request.kinds)
            part = page(request.page_size, request.page_token, wanted.digest())
            analyses, following = await self._archive.page(call.owner, part, wanted)
            return analysis_service_pb2.ListAnalysesResponse(analyses=analyses, next_page_token=following)

    async def DeleteAnalysis(
        self, request: analysis_service_pb2.DeleteAnalysisRequest, context: grpc.aio.ServicerContext
    ) -> analysis_service_pb2.DeleteAnalysisResponse:
        """Deletes an analysis."""
        async with self._gate.admit("DeleteAnalysis", context, Scope.ANALYZE) as call:
            gone = await self._shredder.analysis(call.owner, id_in(request.name))
            receipt = self._receipts.write(gone)
            return call.made(analysis_service_pb2.DeleteAnalysisResponse(deleted=gone.names, receipt=receipt))

    async def GetReport(
        self, request: analysis_service_pb2.GetReportRequest, context: grpc.aio.ServicerContext
    ) -> analysis_service_pb2.GetReportResponse:
        """The report in the format that was asked for."""
        async with self._gate.admit("GetReport", context, Scope.READ) as call:
            report = await self._reports.write(call.owner, id_in(request.name), request.format)
            await context.send_initial_metadata(report.headers)
            file = httpbody_pb2.HttpBody(content_type=report.content_type, data=report.data)
            return analysis_service_pb2.GetReportResponse(file=file)

    async def GetMap(
        self, request: analysis_service_pb2.GetMapRequest, context: grpc.aio.ServicerContext
    ) -> analysis_service_pb2.GetMapResponse:
        """A map as PNG."""
        async with self._gate.admit("GetMap", context, Scope.READ) as call:
            analysis = await self._archive.get(call.owner, id_in(request.name))
            png = await self._maps.draw(call.owner, analysis, cue_in(request.name))
            return analysis_service_pb2.GetMapResponse(file=httpbody_pb2.HttpBody(content_type="image/png", data=png))


def analysis_service(servicer: AnalysisServicer) -> AioServiceBinding:
    """The binding of `AnalysisService` for a server."""
    return AioServiceBinding(
        descriptor=analysis_service_pb2.DESCRIPTOR.services_by_name["AnalysisService"],
        add=analysis_service_pb2_grpc.add_AnalysisServiceServicer_to_server,
        servicer=servicer,
    )
