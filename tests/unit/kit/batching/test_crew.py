"""The shipped networks say in company what they say alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kit.batching.cores import Cores, cores_of_process
from kit.batching.crew import open_crew
from kit.batching.tuned import MAX_ROWS, crews
from kit.clock import SystemClock
from kit.models.onnx import open_network
from kit.models.registry import Registry
from tests.support.batching import callers
from tests.support.clock import FakeClock

REGISTRY = Registry(Path(__file__).resolve().parents[4] / "models")
# A batch is added up in another order than a single request.
TOLERANCE = 1e-5
SHAPES = {
    "face_drift": ("clip", (15, 40)),
    "face_landmarks": ("face", (3, 192, 192)),
    "face_motion": ("clip", (15, 9, 32, 32)),
    "face_spatial": ("face", (3, 192, 192)),
    "noise_residual": ("window", (3, 96, 112)),
    "voice_spoof": ("sound", (16_000,)),
    "whole_picture": ("patch", (3, 128, 128)),
}


def noise(name: str, seed: int) -> dict[str, np.ndarray]:
    tensor, shape = SHAPES[name]
    return {tensor: np.random.default_rng(seed).standard_normal((1, *shape), np.float32)}


def threads() -> int:
    """Of this process, those of ONNX Runtime included."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("cores", [1, 2])
def test_nobody_is_told_anything_else_for_sharing_a_run(name: str, cores: int) -> None:
    model = REGISTRY.load(name)
    alone, shared = open_network(model), open_crew(model, Cores(cores, FakeClock()), max_rows=3, max_wait_s=3600)
    requests = [noise(name, seed) for seed in range(3)]
    with callers(Cores(1, FakeClock())) as many:
        answers = [many.submit(shared.run, request) for request in requests]
        for request, answer in zip(requests, answers, strict=True):
            for output, expected in alone.run(request).items():
                assert np.allclose(answer.result()[output], expected, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("name", ["face_finder", "lip_sync", "voice_activity"])
def test_rows_that_know_of_each_other_are_never_put_together(name: str) -> None:
    assert open_crew(REGISTRY.load(name), Cores(1, FakeClock()), max_rows=8).max_rows == 1


def test_a_shipped_network_is_shared_as_far_as_that_was_measured_to_pay() -> None:
    opened = crews(Cores(1, FakeClock()))
    assert opened(REGISTRY.load("face_drift")).max_rows == MAX_ROWS["face_drift"] > 1
    assert opened(REGISTRY.load("face_motion")).max_rows == 1


def test_closing_ends_the_threads_of_the_wide_network() -> None:
    before = threads()
    crew = open_crew(REGISTRY.load("face_drift"), Cores(4, SystemClock()))
    crew.run(noise("face_drift", 0))
    assert threads() == before + 3
    crew.close()
    assert threads() == before


def test_all_sets_of_models_in_a_process_share_its_cores() -> None:
    assert cores_of_process(2) is cores_of_process(2)
