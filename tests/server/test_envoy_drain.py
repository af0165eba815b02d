"""An edge that is to end: calls at work are answered, new callers are turned away, and then nothing is lost by ending it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from gateway.envoy.drain import drain
from kit.settings import child_environment
from telltale.gateway.v1 import analysis_service_pb2, analysis_service_pb2_grpc
from tests.support.edge import FakeAnalyses, call, envoy, fake_gateway

_DRAIN_S = 1.0


@pytest.fixture
def socket_file(tmp_path: Path) -> Path:
    return tmp_path / "admin.sock"


@contextmanager
def edge(folder: Path, socket_file: Path) -> Iterator[tuple[int, FakeAnalyses]]:
    with (
        fake_gateway() as (gateway_port, analyses),
        envoy(folder, gateway_port, admin_socket=socket_file, drain_s=_DRAIN_S) as port,
    ):
        yield port, analyses


def test_a_call_at_work_ends_before_the_edge_does(tmp_path: Path, socket_file: Path) -> None:
    with edge(tmp_path, socket_file) as (port, analyses), grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        analyses.next_step.clear()
        request = analysis_service_pb2.AnalyzeMediaRequest(display_name="video")
        request.file.data = b"film"
        answers = analysis_service_pb2_grpc.AnalysisServiceStub(channel).AnalyzeMedia(iter([request]))  # type: ignore[no-untyped-call]
        assert next(answers).name == "analyses/0"
        drained = threading.Thread(target=drain, args=(socket_file, _DRAIN_S))
        drained.start()
        time.sleep(_DRAIN_S + 1)
        assert drained.is_alive(), "the call is still at work"
        with pytest.raises(ConnectionRefusedError):
            call(port, "GET", "/v1/analyses/new")
        analyses.next_step.set()
        assert [each.name for each in answers] == ["analyses/1", "analyses/2"]
        drained.join(10)
        assert not drained.is_alive()


def test_while_others_learn_of_it_new_callers_are_answered(tmp_path: Path, socket_file: Path) -> None:
    with edge(tmp_path, socket_file) as (port, _):
        drained = threading.Thread(target=drain, args=(socket_file, _DRAIN_S))
        drained.start()
        assert call(port, "GET", "/v1/analyses/new").status == 200
        drained.join(10)
        assert not drained.is_alive()


def test_the_program_drains_the_edge_of_its_settings(tmp_path: Path, socket_file: Path) -> None:
    with edge(tmp_path, socket_file) as (port, _):
        variables = {"TELLTALE_ENVOY_ADMIN_SOCKET": str(socket_file), "TELLTALE_ENVOY_DRAIN_S": str(_DRAIN_S)}
        subprocess.run(
            [sys.executable, "-m", "gateway.envoy.drain"], env=child_environment(variables), check=True, timeout=30
        )
        with pytest.raises(ConnectionRefusedError):
            call(port, "GET", "/v1/analyses/new")


def test_an_edge_that_is_not_there_is_an_error(socket_file: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        drain(socket_file, _DRAIN_S)
