"""A whole stack whose processes know each other by certificate."""

from __future__ import annotations

import json
from pathlib import Path

import grpc
import pytest

from kit.errors import DetectorUnavailable, InsufficientScope, TelltaleError
from kit.rpc.channel import open_channel
from kit.rpc.credentials import ClientTls
from kit.rpc.status import from_rpc_error
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc
from tests.support import media_factory
from tests.support.stack import Stack, run_cli


@pytest.fixture
def papers(small_stack: Stack) -> ClientTls:
    folder = small_stack.state / "certificates"
    return ClientTls(folder / "ca.pem", folder / "cli.pem", folder / "cli.pem")


def test_a_photo_goes_all_the_way_by_command_and_by_rest(small_stack: Stack, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(media_factory.jpeg())
    secret = run_cli("tokens", "create", "--state", small_stack.state).stdout.strip()
    line = json.loads(run_cli("analyze", "--json", "--state", small_stack.state, photo, TELLTALE_TOKEN=secret).stdout)
    reply = small_stack.rest("POST", "/v1/media:analyze", photo.read_bytes(), authorization=f"Bearer {secret}")
    assert line["label"]
    assert reply.json()["state"] == "ANALYSIS_STATE_SUCCEEDED"
    assert "DETECTOR_UNAVAILABLE" not in reply.body.decode()


def test_nobody_talks_to_a_service_but_by_certificate_and_name(small_stack: Stack, papers: ClientTls) -> None:
    detector = f"127.0.0.1:{small_stack.image_port}"
    assert isinstance(_refusal(small_stack.grpc.replace("127.0.0.1", "localhost"), None), DetectorUnavailable)
    assert isinstance(_refusal(detector, None), DetectorUnavailable)
    assert isinstance(_refusal(f"image-svc@{detector}", ClientTls(papers.ca)), DetectorUnavailable)
    assert isinstance(_refusal(f"image-svc@{detector}", papers), InsufficientScope)


def test_certificates_are_for_this_user_alone(small_stack: Stack) -> None:
    folder = small_stack.state / "certificates"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def _refusal(target: str, tls: ClientTls | None) -> TelltaleError:
    with open_channel(target, tls) as channel:
        stub = model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        with pytest.raises(grpc.RpcError) as refused:
            stub.ListModels(model_service_pb2.ListModelsRequest(), timeout=20)
    return from_rpc_error(refused.value)
