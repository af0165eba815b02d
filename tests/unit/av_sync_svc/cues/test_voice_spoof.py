from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import protovalidate
import pytest

from av_sync_svc.hearing import RATE_HZ
from kit.errors import Cancelled
from kit.media.cancel import CancelToken
from kit.media.spans import Span
from kit.models.runtime import Tensor
from telltale.common.v1 import evidence_pb2
from tests.support.av_sync import HOP_S, WINDOW_S, CountingNetwork, a_hearing, a_piece, a_voice_cue


def test_windows_are_judged_eight_at_a_time_and_answered_in_order() -> None:
    network = CountingNetwork()
    evidence = a_voice_cue(network).examine(a_hearing(30, Span(0, 30)), CancelToken())
    protovalidate.validate(evidence)
    assert [asked.shape for asked in network.asked] == [(8, WINDOW_S * RATE_HZ)] * 2 + [(3, WINDOW_S * RATE_HZ)]
    assert {asked.dtype for asked in network.asked} == {np.dtype(np.float32)}
    ratios = [span.log_likelihood_ratio for span in evidence.finding.spans]
    assert ratios == pytest.approx(0.1 * np.arange(19), abs=1e-6)


def test_a_shorter_window_is_judged_by_itself() -> None:
    network = CountingNetwork()
    pieces = [a_piece(6, 0), a_piece(2, 100)]
    hearing = a_hearing(200, Span(0, 6), Span(100, 102), pieces=pieces)
    a_voice_cue(network).examine(hearing, CancelToken())
    assert [len(asked[0]) / RATE_HZ for asked in network.asked] == [3, 2]


def test_spans_say_when_in_the_recording() -> None:
    hearing = a_hearing(200, Span(101, 107), pieces=[a_piece(10, 100)])
    spans = a_voice_cue().examine(hearing, CancelToken()).finding.spans
    assert [span.start.ToMilliseconds() for span in spans] == [101_000, 102_500, 104_000]
    assert all((span.end.ToNanoseconds() - span.start.ToNanoseconds()) == WINDOW_S * 1e9 for span in spans)


def test_logits_are_calibrated_and_bounded_by_the_card() -> None:
    cue = a_voice_cue(CountingNetwork(first=1))
    cue.model.card.postprocessing.calibration.slope = 2
    hearing = a_hearing(3, Span(0, 3))
    assert cue.examine(hearing, CancelToken()).finding.log_likelihood_ratio == pytest.approx(2)
    cue = a_voice_cue(CountingNetwork(first=9))
    assert cue.examine(hearing, CancelToken()).finding.log_likelihood_ratio == 3


@pytest.mark.parametrize(("first", "code"), [(0.5, "voice_synthetic"), (-0.5, "voice_natural")])
def test_the_code_tells_what_was_heard(first: float, code: str) -> None:
    cue = a_voice_cue(CountingNetwork(first=first, step=0))
    assert cue.examine(a_hearing(9, Span(0, 9)), CancelToken()).finding.reason.code == code


def test_without_speech_the_network_is_not_asked() -> None:
    network = CountingNetwork()
    evidence = a_voice_cue(network).examine(a_hearing(30), CancelToken())
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_SPEECH
    assert network.asked == []


def test_a_recording_that_is_fake_in_part_shows_where() -> None:
    class FakeInTheMiddle(CountingNetwork):
        def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
            numbers = sum(map(len, self.asked)) + np.arange(len(inputs["sound"]))
            self.asked.append(inputs["sound"])
            return {"logit": np.where((numbers >= 8) & (numbers < 12), 2.0, -2.0)}

    finding = a_voice_cue(FakeInTheMiddle()).examine(a_hearing(30, Span(0, 30)), CancelToken()).finding
    assert finding.log_likelihood_ratio == 2
    assert float(finding.reason.parameters["start_s"]) == pytest.approx(9 * HOP_S)


def test_a_cancelled_call_judges_nothing() -> None:
    network, cancel = CountingNetwork(), CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        a_voice_cue(network).examine(a_hearing(30, Span(0, 30)), cancel)
    assert network.asked == []
