"""What goes wrong around a running stack."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.edge import Reply
from tests.support.stack import CLI, Stack, port_options, run_cli, running_stack

FACE_TESTS = {"face_spatial", "frequency", "noise_residual"}
PIXEL_TESTS = FACE_TESTS | {"whole_picture"}


def test_a_detector_killed_in_the_middle_is_started_again_and_asked_again(stack: Stack, photo: Path) -> None:
    [image_svc] = stack.service_pids("image_svc")
    answered = AccessLog(stack.state / "logs" / "metadata_svc.log")
    with ThreadPoolExecutor() as pool:
        # Held still, it has the request at work when it is killed; the other detector's answer tells that we are that far.
        os.kill(image_svc, signal.SIGSTOP)
        reply = pool.submit(stack.analyze_anew, photo.read_bytes())
        answered.wait_for_another_line()
        os.kill(image_svc, signal.SIGKILL)
        answer = reply.result(60)
    assert (answer.status, answer.json()["state"]) == (200, "ANALYSIS_STATE_SUCCEEDED")
    assert heard(answer) >= FACE_TESTS, "its answer was waited for"


def test_a_detector_that_stays_away_becomes_abstentions(tmp_path: Path, photo: Path) -> None:
    with running_stack(tmp_path / "state", TELLTALE_GATEWAY_DETECTOR_PAUSES_S="[]") as stack:
        [image_svc] = stack.service_pids("image_svc")
        answered = AccessLog(stack.state / "logs" / "metadata_svc.log")
        with ThreadPoolExecutor() as pool:
            os.kill(image_svc, signal.SIGSTOP)
            reply = pool.submit(stack.analyze, photo.read_bytes())
            answered.wait_for_another_line()
            os.kill(image_svc, signal.SIGKILL)
            answer = reply.result(60)
        reasons = {each["cue"]: each["abstention"]["reason"] for each in answer.json()["verdict"]["abstentions"]}
        assert {reasons[cue] for cue in PIXEL_TESTS} == {"ABSTENTION_REASON_DETECTOR_UNAVAILABLE"}


def heard(answer: Reply) -> set[str]:
    return {each["cue"] for each in answer.json()["evidence"] if "finding" in each}


def test_a_second_stack_in_the_same_folder_is_refused(stack: Stack) -> None:
    answer = run_cli("up", "--state", stack.state)
    assert answer.returncode == 1
    assert f"a stack runs in {stack.state} already (process {stack.process.pid}, {stack.url})" in answer.stderr


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = run_cli("up", "--state", tmp_path / "state", "--port", str(port))
    assert answer.returncode == 1
    assert f"port {port} on 127.0.0.1" in answer.stderr
    assert "--port" in answer.stderr


def test_a_service_that_cannot_start_is_shown_with_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    answer = run_cli("analyze", "--state", tmp_path / "state", "--models", tmp_path / "models", "photo.jpg")
    assert answer.returncode == 1
    assert "ended with exit code 1 while it started" in answer.stderr
    assert "no model" in answer.stderr


def test_ctrl_c_ends_a_start_that_is_under_way(tmp_path: Path) -> None:
    command = [*CLI, "up", "--state", str(tmp_path / "state"), *port_options()]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "starting" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said.splitlines()) == (0, ["stopping …", "stopped"])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_the_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    with running_stack(tmp_path / "state") as stack:
        packages = ("image_svc", "temporal_svc", "av_sync_svc", "metadata_svc", "fusion_svc", "gateway")
        children = [os.pidfd_open(pid) for package in packages for pid in stack.service_pids(package)]
        assert len(children) == len(packages)
        stack.process.send_signal(number)
        stack.process.wait(30)
    for child in children:
        assert select.select([child], [], [], 20)[0], "a service is still running"
        os.close(child)


class AccessLog:
    """Follows a service's log from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = path.stat().st_size

    def wait_for_another_line(self) -> None:
        deadline = 200
        while self._path.stat().st_size == self._length and deadline:
            select.select([], [], [], 0.05)
            deadline -= 1
        assert deadline, f"nothing new in {self._path}"
