from __future__ import annotations

import numpy as np
import protovalidate
import pytest

from av_sync_svc.cues.av_coherence import AvCoherenceCue
from av_sync_svc.hearing import RATE_HZ, Hearing
from av_sync_svc.seam_windows import OPERATING_POINT
from av_sync_svc.seams import FEATURE_NAMES
from kit.errors import Cancelled
from kit.media.cancel import CancelToken
from kit.media.sound import SoundPiece
from kit.media.spans import Span
from kit.models.fitted import FittedTest, Parameters
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2
from tests.support.av_sync import HOP_S, WINDOW_S, a_hearing, a_model, a_piece

FEATURE = "step_median"


def a_cue(*, bias: float = -9.0, reach: float = 1e6, threshold: float = 0.0) -> AvCoherenceCue:
    """It knows one feature: how much the spectrum changes within 40 ms, in dB. Its ratios lie within 3 of even."""
    count = len(FEATURE_NAMES)
    weights = [float(name == FEATURE) for name in FEATURE_NAMES]
    parameters = Parameters(
        mean=[0.0] * count, scale=[1.0] * count, weights=weights, bias=bias, clip=100.0, reach=reach
    )
    model = a_model("av_coherence")
    point = card_pb2.OperatingPoint(name=OPERATING_POINT, threshold=threshold)
    model.card.postprocessing.operating_points.append(point)
    return AvCoherenceCue(FittedTest.of(parameters), model)


def louder_from(moment_s: float, length_s: float, start_s: float = 0.0) -> SoundPiece:
    """Noise that is 30 dB louder from one moment of the media on."""
    piece = a_piece(length_s, start_s, level=0.003)
    gain = np.ones(len(piece.samples), np.float32)
    gain[round((moment_s - start_s) * RATE_HZ) :] = 10**1.5
    return SoundPiece(start_s, piece.samples * gain, RATE_HZ)


def of_pieces(*pieces: SoundPiece, speech: Span | None = None) -> Hearing:
    end_s = max(piece.end_s for piece in pieces)
    return a_hearing(end_s, speech or Span(0.0, end_s), pieces=pieces)


def examined(hearing: Hearing, cue: AvCoherenceCue | None = None) -> evidence_pb2.Evidence:
    evidence = (cue or a_cue()).examine(hearing, CancelToken())
    protovalidate.validate(evidence)
    return evidence


def test_a_seam_is_found_and_counted_once() -> None:
    finding = examined(of_pieces(louder_from(4.0, 10.0))).finding
    assert finding.reason.code == "sound_seams_found"
    assert finding.reason.parameters["seams"] == "1"
    assert float(finding.reason.parameters["start_s"]) < 4.0 < float(finding.reason.parameters["end_s"])


def test_sound_without_a_seam_speaks_against_one() -> None:
    finding = examined(of_pieces(a_piece(10.0))).finding
    assert finding.reason.code == "sound_seams_absent"
    assert finding.reason.parameters["seams"] == "0"
    assert finding.log_likelihood_ratio < 0


def test_windows_that_hold_the_seam_speak_for_it_and_no_others() -> None:
    spans = examined(of_pieces(louder_from(104.0, 10.0, 100.0))).finding.spans
    for span in spans:
        holds = span.start.ToNanoseconds() <= 104e9 < span.end.ToNanoseconds()
        assert (span.log_likelihood_ratio > 0) == holds
        assert not span.HasField("track_id")
    assert len(spans) == 1 + np.ceil((9.0 - WINDOW_S) / HOP_S)


def test_the_ratio_is_that_of_one_seam_anywhere() -> None:
    finding = examined(of_pieces(louder_from(4.0, 10.0))).finding
    ratios = np.asarray([span.log_likelihood_ratio for span in finding.spans])
    assert finding.log_likelihood_ratio == pytest.approx(np.log(np.mean(np.exp(ratios))))


def test_between_even_and_the_card_s_threshold_it_has_no_opinion() -> None:
    hearing = of_pieces(louder_from(4.0, 10.0))
    ratio = examined(hearing).finding.log_likelihood_ratio
    abstention = examined(hearing, a_cue(threshold=ratio + 0.01)).abstention
    assert abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert examined(hearing, a_cue(threshold=ratio)).finding.reason.code == "sound_seams_found"


def test_below_even_a_threshold_changes_nothing() -> None:
    hearing = of_pieces(a_piece(10.0))
    assert examined(hearing, a_cue(threshold=1.0)) == examined(hearing)


def test_only_windows_that_reach_the_threshold_are_counted() -> None:
    hearing = of_pieces(louder_from(4.0, 4.5))
    finding = examined(hearing, a_cue(bias=-9.0, threshold=0.5)).finding
    assert finding.reason.parameters["seams"] == "1"


def test_ratios_end_at_the_card_s_limit() -> None:
    finding = examined(of_pieces(a_piece(10.0)), a_cue(bias=50)).finding
    assert finding.log_likelihood_ratio == pytest.approx(3)


def test_short_sound_speaks_less_clearly() -> None:
    long, short = (examined(of_pieces(a_piece(length_s))).finding.quality for length_s in (10.0, 2.0))
    assert long == 1
    assert 0 < short < 0.5


def test_where_nobody_speaks_nothing_is_judged() -> None:
    finding = examined(of_pieces(a_piece(30.0), speech=Span(10.0, 14.0))).finding
    starts_s = [span.start.ToNanoseconds() / 1e9 for span in finding.spans]
    assert min(starts_s) >= 10 - WINDOW_S / 2
    assert max(starts_s) <= 14 - WINDOW_S / 2 + 0.02


@pytest.mark.parametrize("hearing", [a_hearing(10.0), of_pieces(a_piece(0.8))], ids=["nobody speaks", "too short"])
def test_without_enough_speech_it_abstains(hearing: Hearing) -> None:
    abstention = examined(hearing).abstention
    assert abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_SPEECH
    assert set(abstention.parameters) == {"speech_s", "needed_s"}


def test_sound_unlike_that_of_the_fit_is_not_judged() -> None:
    abstention = examined(of_pieces(a_piece(10.0)), a_cue(reach=1e-3)).abstention
    assert abstention.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE


def test_a_long_piece_is_measured_part_by_part_without_a_seam_between_them() -> None:
    finding = examined(of_pieces(louder_from(40.0, 62.0))).finding
    assert finding.reason.parameters["seams"] == "1"
    assert len(finding.spans) == 1 + np.ceil((61.0 - WINDOW_S) / HOP_S)


def test_a_cancelled_call_ends() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        a_cue().examine(of_pieces(a_piece(10.0)), cancel)
