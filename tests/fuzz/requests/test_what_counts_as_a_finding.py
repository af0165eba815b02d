"""The fuzzers' own eyes: what they take for a finding, and what not."""

from __future__ import annotations

import os
import random

import pytest

from telltale.gateway.v1 import analysis_service_pb2
from tests.support.fuzzing.attacks import ATTACKS, Material, script
from tests.support.fuzzing.contract import public_methods
from tests.support.fuzzing.messages import filled
from tests.support.fuzzing.names import Names
from tests.support.fuzzing.outcomes import Outcome
from tests.support.fuzzing.watch import Held, Watch, held_by

NAME = "analyses/" + "a" * 26


@pytest.mark.parametrize(
    ("attack", "code", "reason", "left", "problem"),
    [
        ("valid", "OK", "", False, ""),
        ("odd", "INVALID_ARGUMENT", "INVALID_REQUEST", False, ""),
        ("odd", "INVALID_ARGUMENT", "", False, "a refusal without a reason"),
        ("valid", "INTERNAL", "INTERNAL", False, "a fault"),
        ("valid", "UNKNOWN", "", False, "a fault"),
        ("valid", "UNAVAILABLE", "STORAGE_UNAVAILABLE", False, ""),
        ("valid", "UNAVAILABLE", "", False, "a refusal without a reason"),
        ("hurried", "DEADLINE_EXCEEDED", "", True, ""),
        ("valid", "DEADLINE_EXCEEDED", "", False, "a refusal without a reason"),
        ("oversized", "RESOURCE_EXHAUSTED", "", False, ""),
        ("odd", "RESOURCE_EXHAUSTED", "", False, "a refusal without a reason"),
    ],
)
def test_faults_and_refusals_without_a_reason_are_findings(
    attack: str, code: str, reason: str, left: bool, problem: str
) -> None:
    assert Outcome("GetMedia", attack, code, reason, "", left).problem == problem


def held(rss_mib: list[float], files: list[int]) -> list[Held]:
    return [Held(*each) for each in zip(rss_mib, files, strict=True)]


def test_growing_memory_and_open_files_are_found() -> None:
    flat = held([100, 101, 99, 102, 103, 101], [20, 25, 20, 22, 21, 26])
    files = held([100] * 6, [20, 21, 30, 40, 60, 70])
    memory = held([100, 101, 104, 108, 112, 115], [20] * 6)
    assert Watch({}, {"flat": flat, "files": files, "memory": memory}).leaks() == ["files", "memory"]


def test_a_process_that_died_is_told() -> None:
    assert held_by(os.getpid()).rss_mib > 1
    with pytest.raises(FileNotFoundError):
        Watch({"gone": 2**22 + 1}).look()


def test_attacks_are_made_again_from_the_same_chance() -> None:
    material = Material(Names(), (b"photo" * 1000, b""))
    for number, method in enumerate(public_methods()):
        first, second = (script(method, material, random.Random(number)) for _ in range(2))
        assert first == second


def test_every_public_method_is_attacked() -> None:
    assert {"AnalyzeMedia", "CancelOperation", "ListSigningKeys"} <= {method.name for method in public_methods()}
    assert sum(share for _, share in ATTACKS) == 100


def test_valid_messages_name_what_was_learned() -> None:
    names, chance = Names(), random.Random(1)
    names.learn(analysis_service_pb2.GetAnalysisRequest(name=NAME))
    made = [filled(analysis_service_pb2.GetReportRequest, names, chance, 0.0) for _ in range(50)]
    assert sum(getattr(each, "name", "") == NAME for each in made) > 30
