"""Every way out of the sandbox that is known to us, tried in children that decode photos, videos, sound, and search by rules.

They run as whoever runs them and must be tried as both: root meets no limit of processes, and others are not told the same.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import pytest

from gateway.scanning.rules import SHIPPED, rules_preload
from kit.errors import DecoderStopped
from kit.media import image, sound, video
from kit.media.file import MediaFile
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
from tests.support.sandbox_escapes import ESCAPES, LISTENER, Escape

ATTACKS = "tests.support.sandbox_attacks"
TASKS = "tests.support.sandbox_escapes"
CHILDREN = {
    "photos": image.PRELOAD,
    "videos": video.PRELOAD,
    "sound": sound.PRELOAD,
    "rules": rules_preload([SHIPPED]),
}
NEEDS_ROOT = {"mount", "chroot", "pivot_root", "perf_event_open", "bpf", "userfaultfd"}
LIMITS = ChildLimits(wall_s=2.0, cpu_s=3_600, memory_bytes=2**27)


@pytest.fixture(scope="module", params=CHILDREN)
def child(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox.start(SandboxSettings(limits=LIMITS), (*CHILDREN[request.param], TASKS)) as sandbox:
        assert sandbox.degraded == ()
        yield sandbox


@pytest.fixture(scope="module")
def without_walls() -> Iterator[Sandbox]:
    """A sandbox that finds neither Landlock nor seccomp on this machine."""
    forgetful = (TASKS, f"{ATTACKS}:forget_seccomp", f"{ATTACKS}:forget_landlock")
    with Sandbox.start(SandboxSettings(limits=ChildLimits(memory_bytes=20 * 2**30)), forgetful) as sandbox:
        assert sandbox.degraded == ("seccomp", "landlock")
        yield sandbox


@pytest.fixture(scope="module", autouse=True)
def listener() -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("\0" + LISTENER)
        listening.listen()
        yield


def outcome(sandbox: Sandbox, escape: Escape) -> str | None:
    """What the system said; None when the child was killed for a system call."""
    with MediaFile.from_bytes(b"medium") as media:
        try:
            values = sandbox.run(f"{TASKS}:{escape.task.__name__}", media, escape.arguments).values
        except DecoderStopped as stopped:
            return None if stopped.details == {"limit": "system_call"} else str(stopped.details)
    return str(values["outcome"])


@pytest.mark.parametrize("name", ESCAPES)
def test_no_child_gets_out(child: Sandbox, name: str) -> None:
    assert outcome(child, ESCAPES[name]) == ESCAPES[name].outcome


@pytest.mark.parametrize("name", ESCAPES)
def test_it_is_the_walls_that_hold_it(without_walls: Sandbox, name: str) -> None:
    if name in NEEDS_ROOT and os.getuid() != 0:
        pytest.skip("only root is told anything else")
    assert outcome(without_walls, ESCAPES[name]) not in (None, "EPERM", "ENOMEM")


def test_nothing_but_the_answer_can_be_written_to(child: Sandbox) -> None:
    with MediaFile.from_bytes(b"medium") as media:
        assert child.run(f"{TASKS}:write_everywhere", media, {}).values == {"taken": []}


def test_ten_gigabytes_a_megabyte_at_a_time_are_refused(child: Sandbox) -> None:
    with MediaFile.from_bytes(b"medium") as media, pytest.raises(DecoderStopped) as stopped:
        child.run(f"{TASKS}:hoard", media, {})
    assert stopped.value.details == {"limit": "memory"}


def test_an_hour_of_work_ends_with_the_wall_clock(child: Sandbox) -> None:
    began_s = time.monotonic()
    with MediaFile.from_bytes(b"medium") as media, pytest.raises(DecoderStopped) as stopped:
        child.run(f"{TASKS}:ignore_and_spin", media, {})
    assert stopped.value.details == {"limit": "wall_clock"}
    assert time.monotonic() - began_s < 10


def test_who_ignores_the_end_of_its_processor_time_is_killed_a_second_later() -> None:
    limits = ChildLimits(wall_s=30, cpu_s=1)
    with Sandbox.start(SandboxSettings(limits=limits), (TASKS,)) as sandbox, MediaFile.from_bytes(b"m") as media:
        began_s = time.monotonic()
        with pytest.raises(DecoderStopped):
            sandbox.run(f"{TASKS}:ignore_and_spin", media, {})
        assert time.monotonic() - began_s < 15
