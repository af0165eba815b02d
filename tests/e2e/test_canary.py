"""A canary in the whole stack, under load: an equal version stays, one that answers errors goes, and nobody else's call fails."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.canary.candidates.inject import INJECTED
from bench.canary.load import load
from canary.envoy.admin import EnvoyAdmin
from canary.policy import SHIPPED, read_policy
from canary.wire import admin_socket
from cli.stack.state import Endpoints, StateFolder
from kit.settings import child_environment
from tests.support.stack import CLI, Stack, run_cli, running_stack

ROOT = Path(__file__).parents[2]
PHOTOS = sorted((ROOT / "samples").glob("portrait*.jpg"))
STEPS = [25, 100]
"""Fewer and larger than the shipped ones: a twentieth of the calls of a few clients takes minutes to tell."""
PATIENT = ("--min-calls", "100000")
ERRORS = str(ROOT / "bench" / "canary" / "candidates" / "errors")
EQUAL = "noise_residual@2.0.0"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("c") / "s", TELLTALE_CANARIES="true") as running:
        yield running


def where(stack: Stack) -> Endpoints:
    found = StateFolder(stack.state).running()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options of the command."""
    bounds = read_policy(SHIPPED, steps_percent=STEPS, step_s=1, patience_s=60, min_calls=6)
    file = tmp_path_factory.mktemp("policy") / "policy.json"
    file.write_text(bounds.model_dump_json())
    return ["--policy", str(file)]


def canary(stack: Stack, target: str, short: list[str]) -> subprocess.CompletedProcess[str]:
    return run_cli("canary", "image_svc", "--to", target, "--state", stack.state, "--json", *short)


def until(happened: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def test_an_equal_version_gets_all_calls_and_takes_the_old_ones_place(stack: Stack, short: list[str]) -> None:
    old, [pid] = where(stack).services["image_svc"], stack.service_pids("image_svc")
    with load(where(stack).doors["image_svc"], PHOTOS, 3) as counted:
        ended = canary(stack, EQUAL, short)
    document = json.loads(ended.stdout)
    assert (ended.returncode, document["promoted"]) == (0, True), ended.stderr
    assert [step["percent"] for step in document["steps"]] == STEPS
    assert (counted.failed, counted.calls > 0) == (0, True)
    assert where(stack).services["image_svc"] != old
    assert stack.service_pids("image_svc") != [pid]
    assert json.loads((stack.state / "canary" / "promoted.json").read_text())["image_svc"]["models"] == {
        "noise_residual": "2.0.0"
    }
    assert stack.analyze_anew(PHOTOS[0].read_bytes()).status == 200


def test_what_answers_errors_is_rolled_back_and_only_its_own_calls_fail(stack: Stack, short: list[str]) -> None:
    before = where(stack).services["image_svc"]
    with load(where(stack).doors["image_svc"], PHOTOS, 3) as counted:
        ended = canary(stack, ERRORS, short)
    lines = (stack.state / "logs" / "image_svc-canary.log").read_text().splitlines()
    injected = sum(json.loads(line).get("event") == INJECTED for line in lines if line.startswith("{"))
    assert ended.returncode == 43, ended.stderr
    assert "error rate: " in json.loads(ended.stdout)["why"]
    assert counted.failed == injected > 0
    assert where(stack).services["image_svc"] == before


def test_when_the_command_is_killed_every_call_goes_to_the_old_version(stack: Stack, short: list[str]) -> None:
    admin = EnvoyAdmin(admin_socket((stack.state / "canary").absolute()))
    command = [*CLI, "canary", "image_svc", "--to", EQUAL, "--state", str(stack.state), *short, *PATIENT]
    [pid] = stack.service_pids("image_svc")
    with load(where(stack).doors["image_svc"], PHOTOS, 3) as counted:
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=child_environment({}))
        contract = "telltale.image.v1.ImageService"
        begun = admin.calls("image_svc", "canary", contract).total
        until(lambda: admin.calls("image_svc", "canary", contract).total > begun)
        process.kill()
        process.wait()
        until(lambda: stack.service_pids("image_svc") == [pid])
        ended = admin.calls("image_svc", "canary", contract).total
        time.sleep(1)
        assert admin.calls("image_svc", "canary", contract).total == ended
    assert counted.failed == 0
