"""Standard clients of the Open Inference Protocol, unchanged, on real detectors."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from inference import open_inference_service_pb2 as oip
from inference import open_inference_service_pb2_grpc

from kit.errors import DeadlineExceeded
from kit.models.card import write_card
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.rpc.channel import open_channel
from kit.rpc.status import from_rpc_error
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc
from tests.support.certificates import Office
from tests.support.detector_process import DetectorProcess, detectors
from tests.support.fuzzing.watch import held_by
from tests.support.imports import ROOT
from tests.support.tensors import a_request

CHANCE = np.random.default_rng(8)
NETWORKS: dict[str, dict[str, dict[str, tuple[int, ...]]]] = {
    "image_svc": {
        "face_finder": {"picture": (1, 3, 320, 320)},
        "face_spatial": {"face": (2, 3, 192, 192)},
        "noise_residual": {"window": (1, 3, 96, 112)},
        "whole_picture": {"patch": (3, 3, 128, 128)},
    },
    "temporal_svc": {"face_drift": {"clip": (2, 15, 40)}, "face_motion": {"clip": (1, 15, 9, 32, 32)}},
    "av_sync_svc": {
        "face_landmarks": {"face": (1, 3, 192, 192)},
        "lip_sync": {"lips": (1, 25, 156), "sound": (1, 100, 40)},
        "voice_activity": {"input": (4, 576), "h": (1, 1, 128), "c": (1, 1, 128)},
        "voice_spoof": {"sound": (1, 48_000)},
    },
}
OTHER = "99.0.0"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped models, and face_spatial under one more version."""
    folder = tmp_path_factory.mktemp("models")
    for model in (ROOT / "models").iterdir():
        (folder / model.name).symlink_to(model)
    newest = Registry(ROOT / "models").load("face_spatial")
    (folder / "face_spatial").unlink()
    for version in (newest.card.version, OTHER):
        shutil.copytree(newest.folder, folder / "face_spatial" / version)
    newest.card.version = OTHER
    write_card(newest.card, folder / "face_spatial" / OTHER)
    return folder


@pytest.fixture(scope="module")
def services(models: Path) -> Iterator[dict[str, DetectorProcess]]:
    newest = Registry(ROOT / "models").load("face_spatial").card.version
    # On one core, because a run on several adds numbers up in another order.
    common: dict[str, Any] = {"models": models, "model_control": "explicit", "open_inference": "true"}
    settings: dict[str, dict[str, Any]] = {name: {**common, "cores": "1"} for name in NETWORKS}
    settings["image_svc"]["model_versions"] = json.dumps({"face_spatial": newest})
    with detectors({**settings, "metadata_svc": common}) as running:
        yield running


def triton(service: DetectorProcess, folder: Path) -> dict[str, Any]:
    """What Triton's client was told."""
    command = [sys.executable, "-m", "tests.support.triton", service.target, str(folder)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        pytest.fail(f"no answer; the service:\n{service.stacks()}")
    assert done.returncode == 0, done.stderr + service.stacks()
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def write_inputs(folder: Path, networks: dict[str, dict[str, tuple[int, ...]]]) -> dict[str, dict[str, Any]]:
    made = {
        model: {name: CHANCE.random(shape, np.float32) for name, shape in inputs.items()}
        for model, inputs in networks.items()
    }
    for model, inputs in made.items():
        np.savez(folder / f"{model}.npz", **inputs)  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize("service", sorted(NETWORKS))
def test_tritons_client_drives_every_network_and_gets_its_very_numbers_and_no_more_than_the_protocol_has(
    services: dict[str, DetectorProcess], service: str, tmp_path: Path
) -> None:
    inputs = write_inputs(tmp_path, NETWORKS[service])
    told = triton(services[service], tmp_path)
    assert (told["live"], told["ready"], told["server"]["name"]) == (True, True, service)
    assert told["missing"].startswith("[StatusCode.NOT_FOUND] this service runs no model 'nobody'; it runs: ")
    assert [told[what].split("]")[0] for what in ("stream", "config")] == ["[StatusCode.UNIMPLEMENTED"] * 2
    for name, tensors in inputs.items():
        model, said = Registry(ROOT / "models").load(name), told["models"][name]
        expected = open_network(model).run(tensors)
        answered = dict(np.load(tmp_path / f"{name}.out.npz"))
        assert {output: value.tobytes() for output, value in answered.items()} == {
            output: value.tobytes() for output, value in expected.items()
        }
        assert (said["ready"], said["other_version_ready"], said["id"]) == (True, False, "one")
        assert (said["version"], said["metadata"]["versions"]) == (model.card.version, [model.card.version])
        assert said["only"] == [model.card.outputs[0].name]
        assert said["together"] < 1e-5
        assert said["other_version"].startswith("[StatusCode.NOT_FOUND]")


def face(version: str = "") -> oip.ModelInferRequest:
    tensor = CHANCE.random((1, 3, 192, 192), np.float32)
    return a_request(tensor, model_name="face_spatial", model_version=version)


def test_a_switched_model_answers_at_once(services: dict[str, DetectorProcess]) -> None:
    with open_channel(services["image_svc"].target) as channel:
        stub = open_inference_service_pb2_grpc.GRPCInferenceServiceStub(channel)  # type: ignore[no-untyped-call]
        control = model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]
        before = stub.ModelInfer(face(), timeout=20).model_version
        switch = model_service_pb2.SwitchModelsRequest(lane="main", versions={"face_spatial": OTHER})
        control.SwitchModels(switch, timeout=60)
        assert stub.ModelInfer(face(OTHER), timeout=20).model_version == OTHER != before
        assert list(stub.ModelMetadata(oip.ModelMetadataRequest(name="face_spatial"), timeout=20).versions) == [OTHER]
        with pytest.raises(grpc.RpcError) as gone:
            stub.ModelInfer(face(before), timeout=20)
        assert gone.value.code() is grpc.StatusCode.NOT_FOUND
        control.RollBackModels(model_service_pb2.RollBackModelsRequest(lane="main"), timeout=60)
        assert stub.ModelInfer(face(), timeout=20).model_version == before


def test_a_timeout_that_cannot_be_kept_is_told_so(services: dict[str, DetectorProcess]) -> None:
    with open_channel(services["image_svc"].target) as channel:
        stub = open_inference_service_pb2_grpc.GRPCInferenceServiceStub(channel)  # type: ignore[no-untyped-call]
        request = face()
        request.parameters["timeout"].int64_param = 1
        with pytest.raises(grpc.RpcError) as late:
            stub.ModelInfer(request, timeout=20)
    assert isinstance(from_rpc_error(late.value), DeadlineExceeded)


def test_a_service_without_networks_says_so(services: dict[str, DetectorProcess]) -> None:
    with open_channel(services["metadata_svc"].target) as channel:
        assert_no_network(channel, "jpeg_history")


def assert_no_network(channel: grpc.Channel, model: str) -> None:
    stub = open_inference_service_pb2_grpc.GRPCInferenceServiceStub(channel)  # type: ignore[no-untyped-call]
    assert stub.ServerReady(oip.ServerReadyRequest(), timeout=20).ready
    assert stub.ModelMetadata(oip.ModelMetadataRequest(name=model), timeout=20).platform == "telltale_json"
    with pytest.raises(grpc.RpcError) as refused:
        stub.ModelInfer(a_request(model_name=model), timeout=20)
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND
    assert "no network" in refused.value.details()


HUGE = 2**62
HOSTILE: list[dict[str, Any]] = [
    {"shape": [-1, 3, 192, 192]},
    {"shape": [HUGE, HUGE, HUGE, HUGE]},
    {"shape": [0, 3, 192, HUGE]},
    {"shape": [2**32, 2**32]},
    {"shape": [1] * 500_000},
    {"shape": [HUGE] * 400_000},
    {"shape": [2, 3, 192, 192]},
    {"shape": []},
    {"datatype": "BYTES"},
    {"datatype": "BF16"},
    {"datatype": "x" * 1_000_000},
    {"name": "y" * 1_000_000},
]
FINDER: list[tuple[int, ...]] = [(1, 3, 300_000, 1), (1, 3, 33, 33), (1, 3, 672, 32), (2, 3, 320, 320)]


def hostile_requests() -> Iterator[oip.ModelInferRequest]:
    zeros = np.zeros((1, 3, 192, 192), np.float32)
    for change in HOSTILE:
        request = a_request(zeros, model_name="face_spatial")
        request.inputs[0].MergeFrom(oip.ModelInferRequest.InferInputTensor(**{"name": "face", **change, "shape": []}))
        if "shape" in change:
            request.inputs[0].ClearField("shape")
            request.inputs[0].shape.extend(change["shape"])
        yield request
    for shape in FINDER:
        yield a_request(np.zeros(shape, np.float32), model_name="face_finder", name="picture")
    for number in (np.nan, 3e38):
        yield a_request(np.full_like(zeros, number), model_name="face_spatial")
    yield a_request(zeros, model_name="face_spatial", parameters={str(index): {} for index in range(20_000)})
    yield a_request(zeros, model_name="face_spatial", outputs=[{"name": "logit"}] * 50_000)
    yield oip.ModelInferRequest(model_name="face_spatial", raw_input_contents=[b""] * 1_000_000)
    yield a_request(np.zeros(400, np.float32), model_name="voice_spoof", name="sound")


def test_hostile_requests_are_refused_and_leave_nothing_behind(services: dict[str, DetectorProcess]) -> None:
    process, attacks = services["image_svc"], list(hostile_requests())
    with open_channel(process.target) as channel:
        stub = open_inference_service_pb2_grpc.GRPCInferenceServiceStub(channel)  # type: ignore[no-untyped-call]

        def attack() -> set[grpc.StatusCode]:
            codes = set()
            for request in attacks:
                with pytest.raises(grpc.RpcError) as refused:
                    stub.ModelInfer(request, timeout=20)
                assert refused.value.details()
                codes.add(refused.value.code())
            return codes

        attack()
        before = held_by(process.pid)
        assert all(attack() <= {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND} for _ in range(3))
        after = held_by(process.pid)
        assert stub.ModelInfer(face(), timeout=20).model_name == "face_spatial"
    assert after.rss_mib - before.rss_mib < 32
    assert after.files <= before.files + 4


def test_a_request_longer_than_the_limit_is_refused(services: dict[str, DetectorProcess]) -> None:
    with grpc.insecure_channel(services["image_svc"].target) as channel:
        stub = open_inference_service_pb2_grpc.GRPCInferenceServiceStub(channel)  # type: ignore[no-untyped-call]
        with pytest.raises(grpc.RpcError) as refused:
            stub.ModelInfer(a_request(np.zeros((10, 3, 192, 192), np.float32), model_name="face_spatial"), timeout=20)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_it_is_behind_the_same_door(tmp_path: Path) -> None:
    office = Office(tmp_path)
    papers = {name: value for name, value in office.server("fusion-svc").items() if name != "tls_client_names"}
    switched_on = {"tls_client_names": '["gateway"]', "open_inference": "true", **papers}
    with detectors({"fusion_svc": switched_on}) as running:
        target = f"fusion-svc@{running['fusion_svc'].target}"
        with open_channel(target, office.client("image-svc")) as channel:
            assert code_of(channel) is grpc.StatusCode.PERMISSION_DENIED
        with open_channel(target, office.client("gateway")) as channel:
            assert_no_network(channel, "fusion")


def code_of(channel: grpc.Channel) -> grpc.StatusCode | None:
    stub = open_inference_service_pb2_grpc.GRPCInferenceServiceStub(channel)  # type: ignore[no-untyped-call]
    try:
        stub.ServerMetadata(oip.ServerMetadataRequest(), timeout=20)
    except grpc.RpcError as error:
        return error.code()
    return None
