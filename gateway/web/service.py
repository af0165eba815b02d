"""WebService over gRPC. It needs no token: the page holds no data, and what it calls asks for one."""

from __future__ import annotations

import grpc
from google.api import httpbody_pb2

from gateway.uninterrupted import in_thread
from gateway.web.pages import DOCS, PAGE, Pages
from kit.rpc.aio_server import AioServiceBinding
from telltale.gateway.v1 import web_service_pb2, web_service_pb2_grpc


class WebServicer:
    """Convert, call, convert."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def GetPage(
        self, _request: web_service_pb2.GetPageRequest, _context: grpc.aio.ServicerContext
    ) -> web_service_pb2.GetPageResponse:
        """The page."""
        return web_service_pb2.GetPageResponse(file=await self._file(PAGE))

    async def GetDocs(
        self, _request: web_service_pb2.GetDocsRequest, _context: grpc.aio.ServicerContext
    ) -> web_service_pb2.GetDocsResponse:
        """The page that explains the REST interface."""
        return web_service_pb2.GetDocsResponse(file=await self._file(DOCS))

    async def GetAsset(
        self, request: web_service_pb2.GetAssetRequest, _context: grpc.aio.ServicerContext
    ) -> web_service_pb2.GetAssetResponse:
        """A file of the page."""
        return web_service_pb2.GetAssetResponse(file=await self._file(request.name))

    async def _file(self, name: str) -> httpbody_pb2.HttpBody:
        content_type, data = await in_thread(self._pages.read, name)
        return httpbody_pb2.HttpBody(content_type=content_type, data=data)


def web_service(servicer: WebServicer) -> AioServiceBinding:
    """The binding of `WebService` for a server."""
    return AioServiceBinding(
        descriptor=web_service_pb2.DESCRIPTOR.services_by_name["WebService"],
        add=web_service_pb2_grpc.add_WebServiceServicer_to_server,
        servicer=servicer,
    )
