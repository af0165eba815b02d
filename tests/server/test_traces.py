"""Servers continue the traces of their callers, on both kinds of server, and answers name them."""

from __future__ import annotations

import grpc
import pytest

from kit.errors import StorageUnavailable
from kit.rpc.aio_server import AioServiceBinding, start_aio
from kit.rpc.channel import open_aio_channel, open_channel
from kit.rpc.server import ServiceBinding, start
from kit.settings import ServerSettings
from kit.telemetry import tracing
from kit.telemetry.tracing import recorded
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc, verdict_pb2
from tests.support.fusion import PHOTO
from tests.support.spans import Seen, collected

DESCRIPTOR = fusion_service_pb2.DESCRIPTOR.services_by_name["FusionService"]
METHOD = "telltale.fusion.v1.FusionService/Fuse"
TRACE, CALLER = "ab" * 16, "cd" * 8
METADATA = (("traceparent", f"00-{TRACE}-{CALLER}-01"),)
FUSE = fusion_service_pb2.FuseRequest(media=PHOTO)


class Telling(fusion_service_pb2_grpc.FusionServiceServicer):
    """Answers the id of its trace."""

    def Fuse(self, request: object, context: object) -> fusion_service_pb2.FuseResponse:
        return fusion_service_pb2.FuseResponse(verdict=verdict_pb2.Verdict(language=tracing.trace_id()))


class TellingAio(fusion_service_pb2_grpc.FusionServiceServicer):
    """The same on asyncio; fails when `error` is set."""

    error: Exception | None = None

    async def Fuse(self, request: object, context: object) -> fusion_service_pb2.FuseResponse:
        if self.error is not None:
            raise self.error
        return fusion_service_pb2.FuseResponse(verdict=verdict_pb2.Verdict(language=tracing.trace_id()))


def served(spans: list[Seen]) -> list[tuple[str, str, str, object]]:
    return [(s.name, s.trace_id, s.parent_id, s.attributes["rpc.response.status_code"]) for s in spans]


def test_a_sync_server_continues_a_trace() -> None:
    with collected() as keeper:
        with recorded("fusion-svc", keeper.endpoint, 0.0):
            binding = ServiceBinding(DESCRIPTOR, fusion_service_pb2_grpc.add_FusionServiceServicer_to_server, Telling())
            running = start(ServerSettings(drain_s=0), [binding])
            with open_channel(f"127.0.0.1:{running.port}") as channel:
                stub = fusion_service_pb2_grpc.FusionServiceStub(channel)
                told = stub.Fuse(FUSE, metadata=METADATA).verdict.language
                stub.Fuse(FUSE)  # of a trace that the share leaves out
            running.stop()
        assert told == TRACE
        assert served(keeper.spans()) == [(METHOD, TRACE, CALLER, "OK")]


async def test_an_aio_server_continues_a_trace_and_names_it_in_a_trailer() -> None:
    servicer = TellingAio()
    with collected() as keeper:
        with recorded("gateway", keeper.endpoint, 0.0):
            add = fusion_service_pb2_grpc.add_FusionServiceServicer_to_server
            running = await start_aio(ServerSettings(drain_s=0), [AioServiceBinding(DESCRIPTOR, add, servicer)])
            async with open_aio_channel(f"127.0.0.1:{running.port}") as channel:
                stub = fusion_service_pb2_grpc.FusionServiceStub(channel)
                call = stub.Fuse(FUSE, metadata=METADATA)
                told = (await call).verdict.language
                trailers = [dict(await call.trailing_metadata())]
                servicer.error = StorageUnavailable("the disk is away")
                with pytest.raises(grpc.aio.AioRpcError) as failed:
                    await stub.Fuse(FUSE, metadata=METADATA)
                trailers.append(dict(failed.value.trailing_metadata()))
            await running.stop()
        assert told == TRACE
        assert [trailer["x-trace-id"] for trailer in trailers] == [TRACE, TRACE]
        assert "grpc-status-details-bin" in trailers[1]
        assert served(keeper.spans()) == [(METHOD, TRACE, CALLER, "OK"), (METHOD, TRACE, CALLER, "UNAVAILABLE")]
