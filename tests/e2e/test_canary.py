"""A canary in the whole stack, under load: an equal version stays, one that answers errors goes, and nobody else's call fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.canary.candidates.inject import INJECTED
from bench.canary.load import load
from canary.envoy.admin import EnvoyAdmin
from canary.wire import admin_socket
from cli.stack.state import Endpoints, StateFolder
from kit.settings import child_environment
from tests.support.stack import CLI, Stack, run_cli, running_stack

ROOT = Path(__file__).parents[2]
PHOTOS = sorted((ROOT / "samples").glob("portrait*.jpg"))
SHORT = ("--step-s", "2", "--patience-s", "60", "--min-calls", "8")
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


def canary(stack: Stack, target: str) -> subprocess.CompletedProcess[str]:
    return run_cli("canary", "image_svc", "--to", target, "--state", stack.state, "--json", *SHORT)


def until(happened: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def test_an_equal_version_gets_all_calls_and_takes_the_old_ones_place(stack: Stack) -> None:
    old, [pid] = where(stack).services["image_svc"], stack.service_pids("image_svc")
    with load(where(stack).doors["image_svc"], PHOTOS, 3) as counted:
        ended = canary(stack, EQUAL)
    document = json.loads(ended.stdout)
    assert (ended.returncode, document["promoted"]) == (0, True), ended.stderr
    assert [step["percent"] for step in document["steps"]] == [5, 25, 50, 100]
    assert (counted.failed, counted.calls > 0) == (0, True)
    assert where(stack).services["image_svc"] != old
    assert stack.service_pids("image_svc") != [pid]
    assert json.loads((stack.state / "canary" / "promoted.json").read_text())["image_svc"]["models"] == {
        "noise_residual": "2.0.0"
    }
    assert stack.analyze_anew(PHOTOS[0].read_bytes()).status == 200


def test_what_answers_errors_is_rolled_back_and_only_its_own_calls_fail(stack: Stack) -> None:
    before = where(stack).services["image_svc"]
    with load(where(stack).doors["image_svc"], PHOTOS, 3) as counted:
        ended = canary(stack, ERRORS)
    lines = (stack.state / "logs" / "image_svc-canary.log").read_text().splitlines()
    injected = sum(json.loads(line).get("event") == INJECTED for line in lines if line.startswith("{"))
    assert ended.returncode == 43, ended.stderr
    assert "error rate: " in json.loads(ended.stdout)["why"]
    assert counted.failed == injected > 0
    assert where(stack).services["image_svc"] == before


def test_when_the_command_is_killed_every_call_goes_to_the_old_version(stack: Stack) -> None:
    admin = EnvoyAdmin(admin_socket((stack.state / "canary").absolute()))
    command = [*CLI, "canary", "image_svc", "--to", EQUAL, "--state", str(stack.state), *SHORT, "--min-calls", "100000"]
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


def test_a_canary_that_dies_is_rolled_back(stack: Stack) -> None:
    [pid] = stack.service_pids("image_svc")
    command = [*CLI, "canary", "image_svc", "--to", EQUAL, "--state", str(stack.state), *SHORT, "--min-calls", "100000"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=child_environment({})
    )
    assert process.stderr is not None
    lines = process.stderr
    until(lambda: "it is warm" in lines.readline())
    [candidate] = [each for each in stack.service_pids("image_svc") if each != pid]
    os.kill(candidate, signal.SIGKILL)
    said, _ = process.communicate(timeout=60)
    assert (process.returncode, "its process was killed by SIGKILL" in said) == (43, True)


def test_a_version_that_does_not_start_is_told_with_the_end_of_its_log(stack: Stack) -> None:
    ended = canary(stack, "noise_residual@9.9.9")
    assert ended.returncode == 1
    assert "while it started" in ended.stderr
    assert "9.9.9" in ended.stderr
