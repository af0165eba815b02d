"""Calls, uploads and connections, in turns in plain text and by mTLS: `python -m bench.mtls`. Both ends are in this process."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from google.api import httpbody_pb2

from kit.rpc.aio_server import AioServiceBinding, start_aio
from kit.rpc.channel import open_aio_channel
from kit.rpc.credentials import ClientTls
from kit.sealing.certificates import Authority
from kit.settings import ServerSettings
from telltale.gateway.v1 import media_service_pb2, media_service_pb2_grpc, resources_pb2

_MEDIA = media_service_pb2.DESCRIPTOR.services_by_name["MediaService"]
_CHUNK, _CHUNKS = bytes(2**20), 32
_ROUNDS, _CALLS = 9, 300
_NAMES = ("server", "client")


class Media(media_service_pb2_grpc.MediaServiceServicer):
    """Takes everything, keeps nothing."""

    async def GetMedia(self, request: Any, context: Any) -> resources_pb2.Media:  # noqa: N802 - grpc's name
        """An empty answer."""
        return resources_pb2.Media()

    async def UploadMedia(self, requests: Any, context: Any) -> resources_pb2.Media:  # noqa: N802 - as above
        """An empty answer, behind the last byte."""
        async for _ in requests:
            pass
        return resources_pb2.Media()

    def __getattr__(self, name: str) -> Any:
        """The methods that nobody calls here."""
        return self.GetMedia


async def main() -> None:
    """Prints medians."""
    with tempfile.TemporaryDirectory() as folder:
        started_s = time.perf_counter()
        papers = _papers(Path(folder))
        print(f"an authority and two certificates: {_ms(time.perf_counter() - started_s)}")
        async with AsyncExitStack() as stack:
            plain = await _way(stack, None, {})
            file = papers / "server.pem"
            server = {
                "tls_certificate": file,
                "tls_key": file,
                "tls_client_ca": papers / "ca.pem",
                "tls_client_names": ("client",),
            }
            client = ClientTls(papers / "ca.pem", papers / "client.pem", papers / "client.pem")
            secure = await _way(stack, client, server)
            for what, work in {
                "a call": _call,
                f"an upload of {_CHUNKS} MiB": _upload,
                "a new connection": _connect,
            }.items():
                await _compare(what, work, plain, secure)


Way = Callable[[], Any]
Work = Callable[[Way], Awaitable[float]]


def _papers(folder: Path) -> Path:
    now = datetime.now(UTC)
    authority = Authority.create(now)
    (folder / "ca.pem").write_bytes(authority.certificate)
    for name in _NAMES:
        authority.issue([name], now, timedelta(hours=1)).write(folder / f"{name}.pem")
    return folder


async def _way(stack: AsyncExitStack, tls: ClientTls | None, settings: dict[str, Any]) -> Way:
    binding = AioServiceBinding(_MEDIA, media_service_pb2_grpc.add_MediaServiceServicer_to_server, Media())
    running = await start_aio(ServerSettings(drain_s=0, **settings), [binding])
    stack.push_async_callback(running.stop)
    address = f"127.0.0.1:{running.port}"
    return lambda: open_aio_channel(address if tls is None else f"server@{address}", tls)


async def _compare(what: str, work: Work, plain: Way, secure: Way) -> None:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        for way, measured in zip((plain, secure), times, strict=True):
            measured.append(await work(way))
    medians = [statistics.median(measured) for measured in times]
    print(f"{what}: plain {_ms(medians[0])}, mTLS {_ms(medians[1])}")


async def _call(way: Way) -> float:
    async with way() as channel:
        stub = media_service_pb2_grpc.MediaServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        request = media_service_pb2.GetMediaRequest(name="media/" + "0" * 26)
        await stub.GetMedia(request)
        started_s = time.perf_counter()
        for _ in range(_CALLS):
            await stub.GetMedia(request)
        return (time.perf_counter() - started_s) / _CALLS


async def _upload(way: Way) -> float:
    async def pieces() -> AsyncIterator[media_service_pb2.UploadMediaRequest]:
        for _ in range(_CHUNKS):
            yield media_service_pb2.UploadMediaRequest(file=httpbody_pb2.HttpBody(data=_CHUNK))

    async with way() as channel:
        await channel.channel_ready()
        stub = media_service_pb2_grpc.MediaServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        started_s = time.perf_counter()
        await stub.UploadMedia(pieces())
        return time.perf_counter() - started_s


async def _connect(way: Way) -> float:
    started_s = time.perf_counter()
    async with way() as channel:
        await channel.channel_ready()
        return time.perf_counter() - started_s


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


if __name__ == "__main__":
    asyncio.run(main())
