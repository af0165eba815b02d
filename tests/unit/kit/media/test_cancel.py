from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit.errors import Cancelled
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
from kit.media.slots import Slots
from kit.media.video import Span, read_frames
from tests.support.descriptors import child_pids, open_files
from tests.support.video_factory import Recipe, steady, video

ATTACKS = "tests.support.sandbox_attacks"


def test_a_token_turns_once_and_tells_whoever_asked() -> None:
    token, told = CancelToken(), []
    token.on_cancel(lambda: told.append("first"))
    token.on_cancel(lambda: told.append("gone"))()
    assert not token.cancelled
    token.raise_if_cancelled()
    token.cancel()
    token.cancel()
    token.on_cancel(lambda: told.append("late"))
    assert (token.cancelled, told) == (True, ["first", "late"])
    with pytest.raises(Cancelled):
        token.raise_if_cancelled()


def test_a_cancelled_token_runs_nothing(sandbox: Sandbox, hello: MediaFile) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        sandbox.run(f"{ATTACKS}:echo", hello, {}, cancel=token)


def test_cancelling_ends_a_call_and_its_child_within_a_second(sandbox: Sandbox, hello: MediaFile) -> None:
    token = CancelToken()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(sandbox.run, f"{ATTACKS}:sleep", hello, {"seconds": 15}, cancel=token)
        wait_until(lambda: bool(children_of(sandbox)))
        began_s = time.monotonic()
        token.cancel()
        with pytest.raises(Cancelled):
            call.result()
        wait_until(lambda: not children_of(sandbox))
    assert time.monotonic() - began_s < 1
    assert sandbox.run(f"{ATTACKS}:echo", hello, {}, cancel=CancelToken()).values["head"] == "hello"


def test_cancelling_ends_the_reading_of_a_video(sandbox: Sandbox) -> None:
    token = CancelToken()
    with MediaFile.from_bytes(video(Recipe(steady(3, 25)))) as media:
        read = read_frames(sandbox, media, MediaLimits(), [Span(0.0, 1.0)], rate_fps=25, max_side_px=64, cancel=token)
        token.cancel()
        with pytest.raises(Cancelled):
            next(read)


def test_cancelling_ends_the_wait_for_a_place() -> None:
    token, slots = CancelToken(), Slots(1)
    assert slots.acquire(0.0, None)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(slots.acquire, 20.0, token)
        threading.Event().wait(0.05)
        began_s = time.monotonic()
        token.cancel()
        with pytest.raises(Cancelled):
            waiting.result()
    assert time.monotonic() - began_s < 1


def test_places_come_back() -> None:
    slots = Slots(1)
    assert slots.acquire(0.0, None)
    assert not slots.acquire(0.01, CancelToken())
    slots.release()
    assert slots.acquire(0.0, CancelToken())


def test_many_cancelled_calls_leave_nothing_behind(hello: MediaFile) -> None:
    with Sandbox.start(SandboxSettings(limits=ChildLimits(wall_s=20)), (ATTACKS,)) as sandbox:
        before, zygote = open_files(), sandbox.zygote_pid
        with ThreadPoolExecutor(8) as pool:
            tokens = [CancelToken() for _ in range(24)]
            calls = [
                pool.submit(sandbox.run, f"{ATTACKS}:sleep", hello, {"seconds": 15}, cancel=token) for token in tokens
            ]
            wait_until(lambda: bool(children_of(sandbox)))
            for token in tokens:
                token.cancel()
            assert all(isinstance(call.exception(), Cancelled) for call in calls)
        wait_until(lambda: not children_of(sandbox))
        assert (open_files(), sandbox.zygote_pid) == (before, zygote)


def children_of(sandbox: Sandbox) -> list[int]:
    assert sandbox.zygote_pid
    return child_pids(sandbox.zygote_pid)


def wait_until(holds: Callable[[], bool]) -> None:
    patience = threading.Event()
    for _ in range(1000):
        if holds():
            return
        patience.wait(0.01)
    raise AssertionError("it never came true")
