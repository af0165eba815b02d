"""Odd requests of the Open Inference Protocol: whatever is sent, the answer is tensors or a refusal that says its reason."""

from __future__ import annotations

import random
from typing import Any

import pytest
from google.protobuf.message import DecodeError
from inference import open_inference_service_pb2 as oip

from kit.clock import SystemClock
from kit.errors import TelltaleError
from kit.rpc.guard import check
from kit.rpc.health import Health
from kit.rpc.open_inference_service import OpenInferenceServicer
from tests.support.fuzzing.messages import filled
from tests.support.fuzzing.names import Names
from tests.support.tensors import FACE, Doubling, Shelf, a_request

COUNT = 1500
"""Of each kind; they take a second together."""
LONGEST = 4000
"""Characters of a sentence that still fits into the head of an answer."""


def asked(request: oip.ModelInferRequest) -> str:
    """What comes of a request: the reason of its refusal, or nothing. Raises what is no error of ours."""
    servicer: Any = OpenInferenceServicer("fuzzed", Shelf(Doubling()).lease, Health(), SystemClock())
    try:
        return "" if servicer.ModelInfer(check(request), None).outputs else "no tensors"
    except TelltaleError as error:
        return error.reason_name() if len(error.message) < LONGEST else "a sentence without end"


def test_requests_out_of_chance_are_answered_or_refused_with_a_reason(request: pytest.FixtureRequest) -> None:
    chance, reasons = random.Random(request.config.getoption("--seed")), set()
    for _ in range(COUNT):
        made = filled(oip.ModelInferRequest, Names(), chance, wildness=0.5)
        made.model_name = "doubling"  # type: ignore[attr-defined]
        made.model_version = ""  # type: ignore[attr-defined]
        reasons.add(asked(made))  # type: ignore[arg-type]
    assert reasons <= {"INVALID_REQUEST", "UNKNOWN_FIELD"}


def test_damaged_requests_are_answered_or_refused_with_a_reason(request: pytest.FixtureRequest) -> None:
    chance, reasons = random.Random(request.config.getoption("--seed")), set()
    for typed in (False, True):
        good = bytearray(a_request(FACE, typed=typed).SerializeToString())
        for _ in range(COUNT):
            damaged = bytearray(good)
            # Names, types and sizes stand at the beginning, before the elements.
            damaged[chance.randrange(60)] = chance.randrange(256)
            try:
                reasons.add(asked(oip.ModelInferRequest.FromString(bytes(damaged))))
            except DecodeError:
                continue
    assert {"", "INVALID_REQUEST", "NOT_FOUND"} <= reasons <= {"", "INVALID_REQUEST", "NOT_FOUND", "UNKNOWN_FIELD"}


def test_a_request_as_it_should_be_passes() -> None:
    assert asked(a_request()) == ""
