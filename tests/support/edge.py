"""A real Envoy before a fake gateway, and a plain HTTP client."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.api import httpbody_pb2
from grpc_reflection.v1alpha import reflection

from cli.stack.ports import free_ports
from kit.errors import EmptyMedia, NotFound
from kit.rpc.status import abort
from kit.settings import child_environment
from telltale.gateway.v1 import (
    analysis_service_pb2,
    analysis_service_pb2_grpc,
    feedback_service_pb2_grpc,
    key_service_pb2,
    key_service_pb2_grpc,
    media_service_pb2_grpc,
    resources_pb2,
    share_service_pb2,
    share_service_pb2_grpc,
    web_service_pb2,
    web_service_pb2_grpc,
)

DOWNLOAD = (b"\0\xff" * 2**19, b"the end")
"""The pieces of what can be fetched, the first one as long as a piece may be."""


class FakeAnalyses(analysis_service_pb2_grpc.AnalysisServiceServicer):
    """Notes what arrives, answers what was asked for.

    Attributes:
        shares: what answers for links.
        next_step: cleared: a video's second step waits until it is set.
        gone: set when a call has ended, also because its caller went away.
    """

    def __init__(self) -> None:
        self.requests: list[analysis_service_pb2.AnalyzeMediaRequest] = []
        self.shares = FakeShares()
        self.metadata: dict[str, str] = {}
        self.arrived = threading.Event()
        self.next_step = threading.Event()
        self.next_step.set()
        self.gone = threading.Event()

    def AnalyzeMedia(
        self, request_iterator: Iterable[analysis_service_pb2.AnalyzeMediaRequest], context: grpc.ServicerContext
    ) -> Iterator[resources_pb2.Analysis]:
        self.metadata = dict(context.invocation_metadata())
        self.gone.clear()
        context.add_callback(self.gone.set)
        self.arrived.set()
        self.requests = list(request_iterator)
        size = sum(len(request.file.data) for request in self.requests)
        if size == 0:
            abort(context, EmptyMedia("the file has no bytes; choose another", display_name="x"))
        for step in range(3 if self.requests[0].display_name == "video" else 1):
            if step:
                self.next_step.wait(10)
            yield resources_pb2.Analysis(name=f"analyses/{step}", display_name=f"{size} bytes")

    def GetAnalysis(self, request: Any, context: grpc.ServicerContext) -> resources_pb2.Analysis:
        """Those whose name ends in "long" take most of the largest message that there is."""
        analysis = resources_pb2.Analysis(name=request.name)
        if request.name.endswith("long"):
            analysis.soundtrack.log_mel.values = bytes(7 * 2**19)
        return analysis

    def GetReport(self, request: Any, context: grpc.ServicerContext) -> analysis_service_pb2.GetReportResponse:
        file = httpbody_pb2.HttpBody(content_type="application/json", data=b"{}")
        return analysis_service_pb2.GetReportResponse(file=file)


class FakeMedia(media_service_pb2_grpc.MediaServiceServicer):
    """Every file is two pieces long; those whose name ends in "0" are none."""

    def DownloadMedia(self, request: Any, context: grpc.ServicerContext) -> Iterator[httpbody_pb2.HttpBody]:
        if request.name.endswith("0"):
            abort(context, NotFound("there is no such file of yours"))
        for piece in DOWNLOAD:
            yield httpbody_pb2.HttpBody(content_type="audio/wav", data=piece)


class FakeShares(share_service_pb2_grpc.ShareServiceServicer):
    """Answers secrets of one letter alone.

    Attributes:
        metadata: of the last call.
    """

    def __init__(self) -> None:
        self.metadata: dict[str, str] = {}

    def CreateShare(self, request: Any, context: grpc.ServicerContext) -> resources_pb2.Share:
        life = str(request.time_to_live.seconds)
        return resources_pb2.Share(name=f"{request.parent}/shares/{life}", with_media=request.with_media)

    def GetSharedAnalysis(self, request: Any, context: grpc.ServicerContext) -> resources_pb2.Analysis:
        self._enter(request, context)
        return resources_pb2.Analysis(name="analyses/a")

    def GetSharedMap(self, request: Any, context: grpc.ServicerContext) -> share_service_pb2.GetSharedMapResponse:
        self._enter(request, context)
        file = httpbody_pb2.HttpBody(content_type="image/png", data=request.cue.encode())
        return share_service_pb2.GetSharedMapResponse(file=file)

    def GetSharedReport(self, request: Any, context: grpc.ServicerContext) -> share_service_pb2.GetSharedReportResponse:
        self._enter(request, context)
        file = httpbody_pb2.HttpBody(content_type="text/html", data=str(request.format).encode())
        return share_service_pb2.GetSharedReportResponse(file=file)

    def DownloadSharedMedia(self, request: Any, context: grpc.ServicerContext) -> Iterator[httpbody_pb2.HttpBody]:
        self._enter(request, context)
        for piece in DOWNLOAD:
            yield httpbody_pb2.HttpBody(content_type="audio/wav", data=piece)

    def _enter(self, request: Any, context: grpc.ServicerContext) -> None:
        self.metadata = dict(context.invocation_metadata())
        if len(set(request.secret)) > 1:
            abort(context, NotFound("this link leads nowhere"))


class FakeFeedback(feedback_service_pb2_grpc.FeedbackServiceServicer):
    """Gives back what it is told."""

    def SetFeedback(self, request: Any, context: grpc.ServicerContext) -> resources_pb2.Feedback:
        feedback: resources_pb2.Feedback = request.feedback
        return feedback


class FakeKeys(key_service_pb2_grpc.KeyServiceServicer):
    """One key."""

    def ListSigningKeys(self, request: Any, context: grpc.ServicerContext) -> key_service_pb2.ListSigningKeysResponse:
        key = key_service_pb2.SigningKey(key_id="0" * 16, algorithm="Ed25519", public_key=bytes(32))
        return key_service_pb2.ListSigningKeysResponse(keys=[key])


class FakeWeb(web_service_pb2_grpc.WebServiceServicer):
    """One page."""

    def GetPage(self, request: Any, context: grpc.ServicerContext) -> web_service_pb2.GetPageResponse:
        return web_service_pb2.GetPageResponse(
            file=httpbody_pb2.HttpBody(content_type="text/html", data=b"<h1>hi</h1>")
        )


@contextmanager
def fake_gateway() -> Iterator[tuple[int, FakeAnalyses]]:
    """Its port, and what notes the requests."""
    analyses = FakeAnalyses()
    server = grpc.server(ThreadPoolExecutor(4))
    analysis_service_pb2_grpc.add_AnalysisServiceServicer_to_server(analyses, server)  # type: ignore[no-untyped-call]  # generated
    media_service_pb2_grpc.add_MediaServiceServicer_to_server(FakeMedia(), server)  # type: ignore[no-untyped-call]  # generated
    share_service_pb2_grpc.add_ShareServiceServicer_to_server(analyses.shares, server)  # type: ignore[no-untyped-call]  # generated
    feedback_service_pb2_grpc.add_FeedbackServiceServicer_to_server(FakeFeedback(), server)  # type: ignore[no-untyped-call]  # generated
    key_service_pb2_grpc.add_KeyServiceServicer_to_server(FakeKeys(), server)  # type: ignore[no-untyped-call]  # generated
    web_service_pb2_grpc.add_WebServiceServicer_to_server(FakeWeb(), server)  # type: ignore[no-untyped-call]  # generated
    reflection.enable_server_reflection(["telltale.gateway.v1.AnalysisService", reflection.SERVICE_NAME], server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port, analyses
    finally:
        server.stop(None).wait()


@contextmanager
def envoy(folder: Path, gateway_port: int, **settings: object) -> Iterator[int]:
    """Its port. `settings` are those of EnvoySettings."""
    [port] = free_ports(1)
    values = {
        "port": port,
        "gateway_port": gateway_port,
        "folder": folder,
        "access_log": folder / "access.log",
        **settings,
    }
    environment = child_environment({f"TELLTALE_ENVOY_{name.upper()}": str(value) for name, value in values.items()})
    with (folder / "envoy.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "gateway.envoy"], env=environment, stdout=log, stderr=log)
    try:
        _wait_for_port(port, process, folder / "envoy.log")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline_s = time.monotonic() + 20
    while time.monotonic() < deadline_s and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"Envoy does not listen: {log.read_text()}")


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        """Reason of the error, as ErrorInfo has it."""
        return str(self.json()["details"][0]["reason"])


def call(
    port: int,
    method: str,
    path: str,
    body: bytes | Iterable[bytes] | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """One HTTP/1.1 request on a connection of its own. A body that is no bytes is sent in chunks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, names, answer.read())
    finally:
        connection.close()
