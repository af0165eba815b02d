"""MediaService over gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import grpc
from google.api import httpbody_pb2

from gateway.door.access import Gate
from gateway.door.tokens import Scope
from gateway.ids import id_in
from gateway.intake.ingest import Intake
from gateway.intake.registrar import Registrar
from gateway.keeping.contributions import Contributions
from gateway.keeping.receipts import Receipts
from gateway.keeping.shredder import Shredder
from gateway.keeping.vault import Vault
from gateway.paging import page
from kit.rpc.aio_server import AioServiceBinding
from telltale.gateway.v1 import media_service_pb2, media_service_pb2_grpc, resources_pb2


class MediaServicer:
    """Convert, call, convert."""

    def __init__(
        self,
        gate: Gate,
        intake: Intake,
        registrar: Registrar,
        vault: Vault,
        shredder: Shredder,
        contributions: Contributions,
        receipts: Receipts,
    ) -> None:
        self._gate = gate
        self._intake = intake
        self._registrar = registrar
        self._vault = vault
        self._shredder = shredder
        self._contributions = contributions
        self._receipts = receipts

    async def UploadMedia(
        self, requests: AsyncIterator[media_service_pb2.UploadMediaRequest], context: grpc.aio.ServicerContext
    ) -> resources_pb2.Media:
        """Stores a file."""
        async with (
            self._gate.admit("UploadMedia", context, Scope.ANALYZE) as call,
            self._intake.receive(requests, call) as upload,
        ):
            return call.made(await self._registrar.register(call.owner, upload))

    async def GetMedia(
        self, request: media_service_pb2.GetMediaRequest, context: grpc.aio.ServicerContext
    ) -> resources_pb2.Media:
        """One file's facts."""
        async with self._gate.admit("GetMedia", context, Scope.READ) as call:
            return await self._vault.get(call.owner, id_in(request.name))

    async def DownloadMedia(
        self, request: media_service_pb2.DownloadMediaRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[httpbody_pb2.HttpBody]:
        """One file's bytes."""
        async with self._gate.admit("DownloadMedia", context, Scope.READ) as call:
            media = await self._vault.get(call.owner, id_in(request.name))
            async with aclosing(self._vault.read(media)) as pieces:
                async for piece in pieces:
                    yield httpbody_pb2.HttpBody(content_type=media.info.mime_type, data=piece)

    async def ListMedia(
        self, request: media_service_pb2.ListMediaRequest, context: grpc.aio.ServicerContext
    ) -> media_service_pb2.ListMediaResponse:
        """A page of files."""
        async with self._gate.admit("ListMedia", context, Scope.READ) as call:
            media, following = await self._vault.page(call.owner, page(request.page_size, request.page_token))
            return media_service_pb2.ListMediaResponse(media=media, next_page_token=following)

    async def DeleteMedia(
        self, request: media_service_pb2.DeleteMediaRequest, context: grpc.aio.ServicerContext
    ) -> media_service_pb2.DeleteMediaResponse:
        """Deletes a file and all that was made of it."""
        async with self._gate.admit("DeleteMedia", context, Scope.ANALYZE) as call:
            gone = await self._shredder.media(call.owner, id_in(request.name))
            receipt = self._receipts.write(gone)
            return call.made(media_service_pb2.DeleteMediaResponse(deleted=gone.names, receipt=receipt))

    async def ContributeMedia(
        self, request: media_service_pb2.ContributeMediaRequest, context: grpc.aio.ServicerContext
    ) -> resources_pb2.Contribution:
        """Takes a copy of the pixels, with consent."""
        async with self._gate.admit("ContributeMedia", context, Scope.ANALYZE) as call:
            return call.made(await self._contributions.give(call.owner, id_in(request.name), request.truth))

    async def DeleteContribution(
        self, request: media_service_pb2.DeleteContributionRequest, context: grpc.aio.ServicerContext
    ) -> media_service_pb2.DeleteContributionResponse:
        """Deletes that copy."""
        async with self._gate.admit("DeleteContribution", context, Scope.ANALYZE) as call:
            gone = await self._contributions.take_back(call.owner, id_in(request.name))
            return call.made(media_service_pb2.DeleteContributionResponse(receipt=self._receipts.write(gone)))


def media_service(servicer: MediaServicer) -> AioServiceBinding:
    """The binding of `MediaService` for a server."""
    return AioServiceBinding(
        descriptor=media_service_pb2.DESCRIPTOR.services_by_name["MediaService"],
        add=media_service_pb2_grpc.add_MediaServiceServicer_to_server,
        servicer=servicer,
    )
