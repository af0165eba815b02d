"""Services know each other by certificate: who has none, or the wrong one, is refused, and certificates change while they run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs

from kit.errors import InsufficientScope, InvalidSettings, TelltaleError
from kit.rpc.aio_server import AioServiceBinding, start_aio
from kit.rpc.channel import open_aio_channel, open_channel
from kit.rpc.credentials import ClientTls
from kit.rpc.server import ServiceBinding, start
from kit.rpc.status import from_rpc_error
from kit.settings import ServerSettings
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc
from tests.support.certificates import Office

MODELS = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"]
SERVING = health_pb2.HealthCheckResponse.SERVING
LIST = model_service_pb2.ListModelsRequest()


class Models(model_service_pb2_grpc.ModelServiceServicer):
    def ListModels(self, request: Any, context: Any) -> model_service_pb2.ListModelsResponse:
        return model_service_pb2.ListModelsResponse()

    def GetModel(self, request: Any, context: Any) -> model_service_pb2.GetModelResponse:
        return model_service_pb2.GetModelResponse()


class AioModels(model_service_pb2_grpc.ModelServiceServicer):
    async def ListModels(self, request: Any, context: Any) -> model_service_pb2.ListModelsResponse:
        return model_service_pb2.ListModelsResponse()

    async def GetModel(self, request: Any, context: Any) -> model_service_pb2.GetModelResponse:
        return model_service_pb2.GetModelResponse()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@contextmanager
def serving(**settings: Any) -> Iterator[int]:
    add = model_service_pb2_grpc.add_ModelServiceServicer_to_server
    running = start(ServerSettings(drain_s=0, **settings), [ServiceBinding(MODELS, add, Models())])
    yield running.port
    running.stop()


@asynccontextmanager
async def serving_aio(**settings: Any) -> AsyncIterator[int]:
    add = model_service_pb2_grpc.add_ModelServiceServicer_to_server
    running = await start_aio(ServerSettings(drain_s=0, **settings), [AioServiceBinding(MODELS, add, AioModels())])
    yield running.port
    await running.stop()


@asynccontextmanager
async def calling(office: Office, tls: ClientTls) -> AsyncIterator[model_service_pb2_grpc.ModelServiceStub]:
    """A server, and a client on one channel to it."""
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(serving_aio(**office.server("image-svc")))
        channel = await stack.enter_async_context(open_aio_channel(f"image-svc@127.0.0.1:{port}", tls))
        yield model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]  # generated


def call(target: str, tls: ClientTls | None) -> TelltaleError | None:
    """What comes of a call on a connection of its own."""
    with open_channel(target, tls) as channel:
        stub = model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        try:
            stub.ListModels(LIST, timeout=10)
        except grpc.RpcError as error:
            return from_rpc_error(error)
    return None


def refused(target: str, tls: ClientTls | None) -> str:
    error = call(target, tls)
    assert error is not None
    return error.message


def test_who_has_a_certificate_of_the_authority_is_served(office: Office) -> None:
    with serving(**office.server("image-svc")) as port:
        assert call(f"image-svc@127.0.0.1:{port}", office.client("gateway")) is None


def test_who_has_none_or_anothers_or_one_of_yesterday_is_refused(office: Office, tmp_path: Path) -> None:
    stranger = Office(tmp_path / "other").client("gateway")
    with serving(**office.server("image-svc")) as port:
        target = f"image-svc@127.0.0.1:{port}"
        for tls in (
            ClientTls(office.ca),
            ClientTls(office.ca, stranger.certificate, stranger.key),
            office.client("gateway", expired=True),
        ):
            assert "it may want TLS, or another certificate" in refused(target, tls)


def test_plain_text_is_refused_by_tls_and_tls_by_plain_text(office: Office) -> None:
    with serving(**office.server("image-svc")) as port:
        assert "it may want TLS" in refused(f"127.0.0.1:{port}", None)
    with serving() as port:
        assert "speaks plain text, and TLS is set up here" in refused(f"127.0.0.1:{port}", office.client("gateway"))


def test_a_server_is_believed_by_name_authority_and_time(office: Office, tmp_path: Path) -> None:
    gateway, settings = office.client("gateway"), office.server("image-svc")
    other = Office(tmp_path / "other")
    with serving(**settings) as port:
        target = f"image-svc@127.0.0.1:{port}"
        assert "another name than the one asked for" in refused(f"fusion-svc@127.0.0.1:{port}", gateway)
        assert "of no authority that is believed here" in refused(
            target, ClientTls(other.ca, gateway.certificate, gateway.key)
        )
        office.certificate("image-svc", expired=True)
        assert "has expired; renew it" in refused(target, gateway)


def test_a_detector_takes_calls_of_the_gateway_alone(office: Office) -> None:
    with serving(**office.server("image-svc", "gateway")) as port:
        target = f"image-svc@127.0.0.1:{port}"
        assert call(target, office.client("gateway")) is None
        error = call(target, office.client("metadata-svc"))
    assert isinstance(error, InsufficientScope)
    assert "takes calls of gateway alone, and the caller's certificate is of metadata-svc" in error.message


async def test_an_asyncio_server_restricts_its_callers_likewise(office: Office) -> None:
    async with serving_aio(**office.server("gateway", "envoy")) as port:
        assert await _outcome(f"gateway@127.0.0.1:{port}", office.client("envoy")) is None
        with capture_logs() as lines:
            refused = await _outcome(f"gateway@127.0.0.1:{port}", office.client("image-svc"))
    assert isinstance(refused, InsufficientScope)
    assert [line["names"] for line in lines if line["log_level"] == "warning"] == [["image-svc"]]


def test_a_server_shows_a_new_certificate_without_a_restart(office: Office) -> None:
    with serving(**office.server("image-svc")) as port:
        office.certificate("image-svc", expired=True)
        assert "has expired" in refused(f"image-svc@127.0.0.1:{port}", office.client("gateway"))
        office.certificate("image-svc")
        assert call(f"image-svc@127.0.0.1:{port}", office.client("gateway")) is None


def test_a_server_keeps_its_certificate_while_the_new_one_is_half_there(office: Office) -> None:
    settings = office.server("image-svc")
    with serving(**settings) as port:
        Path(str(settings["tls_certificate"])).write_bytes(b"")
        assert call(f"image-svc@127.0.0.1:{port}", office.client("gateway")) is None


async def test_a_client_shows_a_new_certificate_without_a_restart(office: Office) -> None:
    tls = office.client("gateway", expired=True)
    async with calling(office, tls) as stub:
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.ListModels(LIST, timeout=10)
        office.certificate("gateway")
        await stub.ListModels(LIST, timeout=10)


async def test_a_call_under_way_outlives_the_certificate_that_it_began_with(office: Office) -> None:
    tls = office.client("gateway")
    async with AsyncExitStack() as stack:
        add = model_service_pb2_grpc.add_ModelServiceServicer_to_server
        settings = ServerSettings.model_validate({"drain_s": 5.0, **office.server("image-svc")})
        running = await start_aio(settings, [AioServiceBinding(MODELS, add, AioModels())])
        channel = await stack.enter_async_context(open_aio_channel(f"image-svc@127.0.0.1:{running.port}", tls))
        health = health_pb2_grpc.HealthStub(channel)
        watching = health.Watch(health_pb2.HealthCheckRequest())
        assert (await watching.read()).status == SERVING
        office.certificate("gateway")
        assert (await health.Check(health_pb2.HealthCheckRequest())).status == SERVING
        await asyncio.sleep(0.05)  # Were the connection of before closed with calls on it, it would be by now.
        stopping = asyncio.ensure_future(running.stop())
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watching.cancel()
        await stopping


async def test_a_client_keeps_its_certificate_while_the_new_one_is_half_there(office: Office) -> None:
    tls = office.client("gateway")
    async with calling(office, tls) as stub:
        assert tls.key is not None
        for half in (b"", office.certificate("other").read_bytes()[:200]):
            tls.key.write_bytes(half)
            await stub.ListModels(LIST, timeout=10)


@pytest.mark.parametrize(
    "settings",
    [{"tls_client_ca": Path("ca.pem")}, {"tls_client_names": ("gateway",)}],
    ids=["authority", "names"],
)
def test_certificates_of_clients_without_tls_are_a_clear_error(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings, match="set tls_certificate and tls_key"), serving(**settings):
        pass


def test_names_without_an_authority_are_a_clear_error(office: Office) -> None:
    settings = office.server("image-svc", "gateway") | {"tls_client_ca": None}
    with pytest.raises(InvalidSettings, match="set tls_client_ca"), serving(**settings):
        pass


def test_a_key_of_another_certificate_is_a_clear_error(office: Office) -> None:
    settings = office.server("image-svc") | {"tls_key": office.certificate("gateway")}
    with pytest.raises(InvalidSettings, match="the key the certificate's own"), serving(**settings):
        pass


def test_a_name_in_a_target_needs_tls() -> None:
    with pytest.raises(InvalidSettings, match="names a certificate"):
        open_channel("image-svc@127.0.0.1:1")


async def _outcome(target: str, tls: ClientTls) -> TelltaleError | None:
    async with open_aio_channel(target, tls) as channel:
        stub = model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        try:
            await stub.ListModels(LIST, timeout=10)
        except grpc.aio.AioRpcError as error:
            return from_rpc_error(error)
    return None
