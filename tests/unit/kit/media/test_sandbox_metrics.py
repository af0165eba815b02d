"""How children end is counted in the process that owns the sandbox."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from kit.errors import (
    Cancelled,
    DeadlineExceeded,
    DecoderStopped,
    Internal,
    TelltaleError,
    TooManyPixels,
    UndecodableMedia,
)
from kit.media.file import MediaFile
from kit.media.metrics import count_failed
from kit.media.outcome import stopped, timed_out
from kit.media.sandbox import Sandbox, SandboxSettings
from tests.support.readings import told

ENDS: list[tuple[TelltaleError, str, str]] = [
    (UndecodableMedia("no picture"), "refused", "UNDECODABLE_MEDIA"),
    (TooManyPixels("too large"), "refused", "TOO_MANY_PIXELS"),
    (timed_out(3.0), "wall_clock", "DECODER_STOPPED"),
    (DeadlineExceeded("late"), "wall_clock", ""),
    (stopped(-24), "cpu", "DECODER_STOPPED"),
    (stopped(-9), "memory", "DECODER_STOPPED"),
    (stopped(-11), "crashed", "DECODER_STOPPED"),
    (stopped(-31), "crashed", "DECODER_STOPPED"),
    (DecoderStopped("nonsense", limit="answer"), "crashed", "DECODER_STOPPED"),
    (Internal("a fault of ours"), "crashed", "INTERNAL"),
    (Cancelled("enough"), "cancelled", ""),
]


@pytest.mark.parametrize(("error", "how", "reason"), ENDS)
def test_an_error_says_how_the_child_ended_and_whether_the_file_was_the_reason(
    error: TelltaleError, how: str, reason: str
) -> None:
    ended, failed = "telltale_sandbox_ended_total", "telltale_decode_failures_total"
    before = told(ended, how=how) or 0, told(failed) or 0, told(failed, reason=reason) or 0
    count_failed(error)
    assert told(ended, how=how) == before[0] + 1
    assert (told(failed) or 0) == before[1] + bool(reason)
    assert (told(failed, reason=reason) or 0) == before[2] + bool(reason)


def test_a_sandbox_tells_its_children_while_they_live_and_nothing_when_it_is_closed(hello: MediaFile) -> None:
    before = told("telltale_sandbox_children") or 0, told("telltale_sandbox_ended_total", how="done") or 0
    with Sandbox.start(SandboxSettings(), ("tests.support.sandbox_attacks",)) as own, ThreadPoolExecutor(1) as pool:
        ended = pool.submit(own.run, "tests.support.sandbox_attacks:sleep", hello, {"seconds": 0.5})
        while told("telltale_sandbox_children") != before[0] + 1:
            assert not ended.done()
        ended.result()
        assert told("telltale_sandbox_children") == before[0]
        assert told("telltale_sandbox_degraded") == 0
    assert told("telltale_sandbox_ended_total", how="done") == before[1] + 1
