from __future__ import annotations

from collections.abc import Mapping

import pytest

from av_sync_svc.session import Stopwatch, VoiceSession
from kit.errors import Cancelled
from kit.media.cancel import CancelToken
from kit.media.spans import Span
from kit.models.runtime import Tensor
from telltale.common.v1 import evidence_pb2
from tests.support.av_sync import CountingNetwork, a_hearing, a_voice_cue
from tests.support.clock import FakeClock

HEARING = a_hearing(60, Span(0, 60))


class SlowNetwork(CountingNetwork):
    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        self._clock.advance(0.25)
        return super().run(inputs)


def test_the_share_that_is_judged_rises_to_the_end() -> None:
    shares = list(VoiceSession(a_voice_cue(), HEARING, FakeClock()).shares(CancelToken()))
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


def test_all_that_was_heard_makes_the_evidence() -> None:
    cue = a_voice_cue()
    session = VoiceSession(cue, HEARING, FakeClock())
    list(session.shares(CancelToken()))
    evidence = session.evidence()
    assert len(evidence.finding.spans) == 39
    assert evidence.finding == a_voice_cue().examine(HEARING, CancelToken()).finding


def test_only_the_time_of_the_network_is_told() -> None:
    clock = FakeClock()
    session = VoiceSession(a_voice_cue(SlowNetwork(clock)), HEARING, clock)
    for _ in session.shares(CancelToken()):
        clock.advance(7)
    assert session.evidence().compute_time.ToMilliseconds() == 5 * 250


def test_a_cancelled_call_judges_no_other_window() -> None:
    network, cancel = CountingNetwork(), CancelToken()
    shares = VoiceSession(a_voice_cue(network), HEARING, FakeClock()).shares(cancel)
    next(shares)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(shares)
    assert len(network.asked) == 1


def test_a_stopwatch_adds_up() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    watch.time(lambda: clock.advance(0.5))
    clock.advance(9)
    watch.time(lambda: clock.advance(1))
    assert watch.stamp(evidence_pb2.Evidence()).compute_time.ToMilliseconds() == 1500
