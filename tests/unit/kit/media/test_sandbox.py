from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kit.errors import (
    DeadlineExceeded,
    DecoderStopped,
    Internal,
    InvalidSettings,
    Overloaded,
    SandboxUnavailable,
    UndecodableMedia,
)
from kit.media.file import MediaFile
from kit.media.sandbox import ChildLimits, Json, Sandbox, SandboxResult, SandboxSettings
from tests.support.descriptors import child_pids, open_files

IDLE_ZYGOTE_FILES = 5  # the three standard ones, the control socket, and the selector
ATTACKS = "tests.support.sandbox_attacks"


def attack(sandbox: Sandbox, media: MediaFile, name: str, arguments: Mapping[str, Json] | None = None) -> SandboxResult:
    return sandbox.run(f"{ATTACKS}:{name}", media, arguments or {})


def small_sandbox(**settings: object) -> Sandbox:
    limits = ChildLimits(wall_s=1.0, cpu_s=1, memory_bytes=2**28, max_result_bytes=2**20)
    return Sandbox.start(SandboxSettings(limits=limits, **settings), (ATTACKS,))  # type: ignore[arg-type]


def test_a_task_answers_values_and_arrays(sandbox: Sandbox, hello: MediaFile) -> None:
    result = attack(sandbox, hello, "echo", {"depth": [1, {"two": None}]})
    assert result.values["head"] == "hello"
    assert result.values["arguments"] == {"depth": [1, {"two": None}]}
    np.testing.assert_array_equal(result.arrays["ramp"], np.array([[0, 1, 2], [3, 4, 5]], np.uint16))
    assert result.arrays["nothing"].shape == (0, 4)


def test_arrays_of_an_answer_are_read_only(sandbox: Sandbox, hello: MediaFile) -> None:
    ramp = attack(sandbox, hello, "echo").arrays["ramp"]
    with pytest.raises(ValueError, match="read-only"):
        ramp[0, 0] = 1


def test_every_protection_holds_on_this_machine(sandbox: Sandbox) -> None:
    assert sandbox.degraded == ()


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("read_passwords", "EPERM"),
        ("list_root", "EPERM"),
        ("change_medium", "EBADF"),
        ("make_memory_file", "EPERM"),
        ("make_executable_memory", "EPERM"),
        ("kill_parent", "EPERM"),
        ("kill_everybody", "EPERM"),
    ],
)
def test_a_decoder_may_not(sandbox: Sandbox, hello: MediaFile, name: str, outcome: str) -> None:
    assert attack(sandbox, hello, name).values == {"outcome": outcome}


def test_a_decoder_cannot_write_files(sandbox: Sandbox, hello: MediaFile, tmp_path: Path) -> None:
    target = tmp_path / "written"
    assert attack(sandbox, hello, "write_file", {"path": str(target)}).values == {"outcome": "EPERM"}
    assert not target.exists()


def test_a_decoder_cannot_make_processes(sandbox: Sandbox, hello: MediaFile) -> None:
    assert attack(sandbox, hello, "fork_often").values == {"made": 0}


def test_a_decoder_inherits_nothing_but_its_two_files(sandbox: Sandbox, hello: MediaFile) -> None:
    assert attack(sandbox, hello, "open_descriptors").values == {"found": [0, 1, 2, 3, 4]}


def test_a_decoder_does_not_see_the_services_environment(hello: MediaFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_TOKEN", "secret")
    with small_sandbox() as sandbox:
        names = attack(sandbox, hello, "secrets_in_environment").values["names"]
    assert isinstance(names, list)
    assert "TELLTALE_TOKEN" not in names


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("open_socket", "system_call"),
        ("execute", "system_call"),
        ("trace_parent", "system_call"),
        ("crash", "crash"),
        ("leave_silently", "crash"),
    ],
)
def test_a_decoder_is_stopped_when_it_tries_to(sandbox: Sandbox, hello: MediaFile, name: str, limit: str) -> None:
    with pytest.raises(DecoderStopped) as stopped:
        attack(sandbox, hello, name)
    assert stopped.value.details == {"limit": limit}


def test_memory_above_the_limit_is_refused(sandbox: Sandbox, hello: MediaFile) -> None:
    with pytest.raises(DecoderStopped) as stopped:
        attack(sandbox, hello, "allocate", {"bytes": 10 * 2**30})
    assert stopped.value.details == {"limit": "memory"}


def test_an_endless_loop_is_stopped_by_its_processor_time(hello: MediaFile) -> None:
    limits = ChildLimits(wall_s=30, cpu_s=1)
    with Sandbox.start(SandboxSettings(limits=limits), (ATTACKS,)) as sandbox, pytest.raises(DecoderStopped) as stopped:
        attack(sandbox, hello, "spin")
    assert stopped.value.details == {"limit": "cpu_time"}


def test_an_endless_wait_is_stopped_by_the_wall_clock(hello: MediaFile) -> None:
    with small_sandbox() as sandbox, pytest.raises(DecoderStopped) as stopped:
        attack(sandbox, hello, "sleep", {"seconds": 60})
    assert stopped.value.details == {"limit": "wall_clock"}


def test_the_callers_deadline_kills_the_child(sandbox: Sandbox, hello: MediaFile) -> None:
    began_s = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        sandbox.run(f"{ATTACKS}:sleep", hello, {"seconds": 60}, timeout_s=0.2)
    assert time.monotonic() - began_s < 5
    assert children_of(sandbox) == []


def test_an_answer_above_the_limit_is_refused(hello: MediaFile) -> None:
    with small_sandbox() as sandbox:
        with pytest.raises(DecoderStopped) as stopped:
            attack(sandbox, hello, "overfill", {"bytes": 2**21})
        assert stopped.value.details == {"limit": "answer"}
        assert attack(sandbox, hello, "overfill_by_hand", {"bytes": 2**21}).values == {"outcome": "EFBIG"}


def test_a_tasks_own_error_comes_back_as_itself(sandbox: Sandbox, hello: MediaFile) -> None:
    with pytest.raises(UndecodableMedia, match="No frame could be read") as raised:
        attack(sandbox, hello, "report")
    assert raised.value.details == {"codec": "none"}


def test_errors_that_are_not_about_media_are_not_believed(sandbox: Sandbox, hello: MediaFile) -> None:
    with pytest.raises(DecoderStopped, match="Go away"):
        attack(sandbox, hello, "report_what_is_not_its_business")


def test_a_bug_in_a_task_is_internal_and_tells_the_caller_nothing(sandbox: Sandbox, hello: MediaFile) -> None:
    with pytest.raises(Internal) as raised:
        attack(sandbox, hello, "fail")
    assert "ZeroDivision" not in raised.value.message


def test_a_module_that_was_not_preloaded_does_not_run(sandbox: Sandbox, hello: MediaFile) -> None:
    with pytest.raises(Internal):
        sandbox.run("shutil:rmtree_of_nothing", hello, {})


def test_forged_answers_are_refused(sandbox: Sandbox, hello: MediaFile) -> None:
    for forged in (b"", b"\xff" * 64, b"\2" + bytes(7) + b"{}", b"\2" + bytes(7) + b"[]", b"\5" + bytes(7) + b"{1:2}"):
        with pytest.raises(DecoderStopped) as stopped:
            attack(sandbox, hello, "forge", {"bytes": forged.hex()})
        assert stopped.value.details == {"limit": "answer"}


def test_many_threads_get_their_own_answers(sandbox: Sandbox) -> None:
    def ask(number: int) -> bool:
        with MediaFile.from_bytes(f"no {number}".encode()) as media:
            result = attack(sandbox, media, "echo", {"number": number})
        return result.values["head"] == f"no {number}" and result.values["arguments"] == {"number": number}

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(ask, range(60)))


def test_nothing_is_left_behind(sandbox: Sandbox, hello: MediaFile) -> None:
    attack(sandbox, hello, "echo")
    settled(lambda: open_files(zygote_of(sandbox)), IDLE_ZYGOTE_FILES)
    before = open_files(os.getpid()), IDLE_ZYGOTE_FILES
    for name in ("echo", "report", "crash", "open_socket") * 5:
        try:
            attack(sandbox, hello, name)
        except (DecoderStopped, UndecodableMedia):
            continue
    # The zygote closes a job's socket just after it has answered on it.
    assert settled(lambda: (open_files(os.getpid()), open_files(zygote_of(sandbox))), before) == before
    assert children_of(sandbox) == []


def test_a_dead_zygote_is_replaced(hello: MediaFile) -> None:
    with small_sandbox() as sandbox:
        first = zygote_of(sandbox)
        os.kill(first, signal.SIGKILL)
        assert attack(sandbox, hello, "echo").values["head"] == "hello"
        assert zygote_of(sandbox) != first


def test_a_zygote_that_dies_in_the_middle_of_a_job_is_replaced(hello: MediaFile) -> None:
    limits = ChildLimits(wall_s=20)
    with Sandbox.start(SandboxSettings(limits=limits), (ATTACKS,)) as sandbox, ThreadPoolExecutor(1) as pool:
        first = zygote_of(sandbox)
        job = pool.submit(attack, sandbox, hello, "sleep", {"seconds": 3})
        child = os.pidfd_open(wait_for_child(first))
        os.kill(first, signal.SIGKILL)
        assert select.select([child], [], [], 2)[0], "the child outlives its zygote"
        os.close(child)
        assert job.result(timeout=30).values == {}


def test_where_no_process_can_be_made_only_this_call_fails(hello: MediaFile) -> None:
    with Sandbox.start(SandboxSettings(), (ATTACKS, f"{ATTACKS}:fail_to_fork_once")) as sandbox:
        zygote = zygote_of(sandbox)
        with pytest.raises(SandboxUnavailable, match="no process"):
            attack(sandbox, hello, "echo")
        assert attack(sandbox, hello, "echo").values["head"] == "hello"
        assert zygote_of(sandbox) == zygote


def test_everything_dies_with_the_service() -> None:
    code = f"""
import sys, threading
from kit.media.file import MediaFile
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
sandbox = Sandbox.start(SandboxSettings(limits=ChildLimits(wall_s=100)), ({ATTACKS!r},))
print(sandbox.zygote_pid, flush=True)
sandbox.run({ATTACKS + ":sleep"!r}, MediaFile.from_bytes(b"x"), {{"seconds": 90}})
"""
    path = os.pathsep.join(sys.path)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env={"PYTHONPATH": path}) as service:
        assert service.stdout
        zygote = int(service.stdout.readline())
        child = wait_for_child(zygote)
        service.kill()
    wait_until_gone(zygote, child)


def test_a_full_house_says_so_after_the_wait(hello: MediaFile) -> None:
    with small_sandbox(max_children=1, queue_wait_s=0.05) as sandbox, ThreadPoolExecutor(1) as pool:
        busy = pool.submit(attack, sandbox, hello, "sleep", {"seconds": 0.7})
        wait_for_child(zygote_of(sandbox))
        with pytest.raises(Overloaded):
            attack(sandbox, hello, "echo")
        busy.result()
        assert attack(sandbox, hello, "echo").values["head"] == "hello"


def test_a_closed_sandbox_runs_nothing(hello: MediaFile) -> None:
    sandbox = small_sandbox()
    sandbox.close()
    with pytest.raises(SandboxUnavailable):
        attack(sandbox, hello, "echo")


def test_decoders_that_do_not_load_are_reported_at_start(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SandboxUnavailable):
        Sandbox.start(SandboxSettings(), (f"{ATTACKS}:refuse_to_load",))
    assert "this decoder cannot be loaded here" in capfd.readouterr().err


def test_a_decoder_library_that_leaves_threads_behind_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SandboxUnavailable):
        Sandbox.start(SandboxSettings(), (f"{ATTACKS}:start_a_thread",))
    assert "leaves 1 threads behind" in capfd.readouterr().err


@pytest.mark.parametrize(("missing", "open_fails_with"), [("landlock", "EPERM"), ("seccomp", "EACCES")])
def test_one_missing_wall_is_told_and_the_other_still_stands(
    hello: MediaFile, missing: str, open_fails_with: str, capsys: pytest.CaptureFixture[str]
) -> None:
    preload = (ATTACKS, f"{ATTACKS}:forget_{missing}")
    with Sandbox.start(SandboxSettings(), preload) as sandbox:
        assert sandbox.degraded == (missing,)
        assert attack(sandbox, hello, "read_passwords").values == {"outcome": open_fails_with}
    logged = "".join(capsys.readouterr())
    assert "degraded" in logged
    assert missing in logged


def test_a_container_that_forbids_landlock_is_one_without_it() -> None:
    with Sandbox.start(SandboxSettings(), (ATTACKS, f"{ATTACKS}:forbid_landlock")) as sandbox:
        assert sandbox.degraded == ("landlock",)


def test_a_required_wall_that_is_missing_stops_the_start() -> None:
    with pytest.raises(InvalidSettings, match="seccomp"):
        Sandbox.start(SandboxSettings(require=True), (ATTACKS, f"{ATTACKS}:forget_seccomp"))


def test_a_required_wall_is_required_of_every_zygote(hello: MediaFile, tmp_path: Path) -> None:
    preload = (ATTACKS, f"{ATTACKS}:forget_seccomp_once={tmp_path / 'gone'}")
    with Sandbox.start(SandboxSettings(require=True), preload) as sandbox:
        assert attack(sandbox, hello, "echo").values["head"] == "hello"
        (tmp_path / "gone").touch()
        os.kill(zygote_of(sandbox), signal.SIGKILL)
        with pytest.raises(SandboxUnavailable, match="lacks: seccomp"):
            attack(sandbox, hello, "echo")


def zygote_of(sandbox: Sandbox) -> int:
    assert sandbox.zygote_pid
    return sandbox.zygote_pid


def children_of(sandbox: Sandbox) -> list[int]:
    return child_pids(zygote_of(sandbox))


def wait_for_child(pid: int) -> int:
    patience = threading.Event()
    while not (children := child_pids(pid)):
        patience.wait(0.01)
    return children[0]


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def settled(read: Callable[[], object], expected: object) -> object:
    patience = threading.Event()
    for _ in range(500):
        if read() == expected:
            break
        patience.wait(0.01)
    return read()


def wait_until_gone(*pids: int) -> None:
    patience = threading.Event()
    for _ in range(500):
        if not any(map(is_running, pids)):
            return
        patience.wait(0.01)
    raise AssertionError(f"still running: {[pid for pid in pids if is_running(pid)]}")
