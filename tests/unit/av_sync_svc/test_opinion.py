from __future__ import annotations

from collections.abc import Callable

import protovalidate
import pytest

from av_sync_svc.cues.cue import Cue
from av_sync_svc.opinion import no_face, no_picture, no_sound, voice_evidence
from kit.convert.moments import Moment
from telltale.common.v1 import evidence_pb2
from tests.support.av_sync import HOP_S, WINDOW_S, a_voice_cue

CUE = a_voice_cue()


def evidence_of(ratios: list[float], speech_s: float = 10.0) -> evidence_pb2.Evidence:
    moments = [Moment(None, HOP_S * n, HOP_S * n + WINDOW_S, ratio) for n, ratio in enumerate(ratios)]
    evidence = voice_evidence(CUE, ("for", "against"), speech_s, moments)
    protovalidate.validate(evidence)
    return evidence


def test_the_finding_follows_the_worst_stretch_and_says_when() -> None:
    finding = evidence_of([-2, -2, 2.5, 2.5, 2.5, -2]).finding
    assert finding.log_likelihood_ratio == 2.5
    assert finding.reason.code == "for"
    assert dict(finding.reason.parameters) == {"start_s": "4.5", "end_s": "7.5"}


def test_a_single_window_is_outvoted_by_its_neighbours() -> None:
    assert evidence_of([-2, -2, 3, -2, -2]).finding.log_likelihood_ratio == pytest.approx(-1 / 3)


def test_every_window_is_a_span_of_the_sound() -> None:
    spans = evidence_of([-1, 0.5, 2]).finding.spans
    assert [span.log_likelihood_ratio for span in spans] == [-1, 0.5, 2]
    assert [span.start.ToMilliseconds() for span in spans] == [0, 1500, 3000]
    assert not any(span.HasField("track_id") for span in spans)


def test_a_natural_voice_has_the_other_code() -> None:
    evidence = evidence_of([-0.5])
    assert (evidence.finding.reason.code, evidence.model.name) == ("against", "voice_spoof")


@pytest.mark.parametrize(("speech_s", "quality"), [(1.0, 0.25), (4.0, 1.0), (90.0, 1.0)])
def test_little_speech_tells_less(speech_s: float, quality: float) -> None:
    assert evidence_of([1], speech_s).finding.quality == quality


@pytest.mark.parametrize(("ratios", "speech_s"), [([], 0.0), ([], 5.0), ([1.0], 0.94)])
def test_too_little_speech_is_an_abstention_that_says_so(ratios: list[float], speech_s: float) -> None:
    abstention = evidence_of(ratios, speech_s).abstention
    assert abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_SPEECH
    assert dict(abstention.parameters) == {"speech_s": f"{speech_s:.1f}", "needed_s": "1"}


@pytest.mark.parametrize(
    ("abstain", "reason"),
    [
        (no_sound, evidence_pb2.ABSTENTION_REASON_NO_SOUND),
        (no_picture, evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE),
        (no_face, evidence_pb2.ABSTENTION_REASON_NO_FACE),
    ],
)
def test_where_there_is_nothing_to_compare_a_test_says_why(
    abstain: Callable[[Cue], evidence_pb2.Evidence], reason: evidence_pb2.AbstentionReason.ValueType
) -> None:
    evidence = abstain(CUE)
    protovalidate.validate(evidence)
    assert (evidence.cue, evidence.abstention.reason, evidence.model.version) == ("voice_spoof", reason, "1.0.0")
