from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import protovalidate
import pytest

from av_sync_svc.cues.cue import LipOpinion
from av_sync_svc.cues.lip_sync import LipSyncCue
from av_sync_svc.face_mesh import Floats
from av_sync_svc.lips import MAX_SHIFT, SPECTRA_PER_LOOK
from av_sync_svc.mouths import MOUTH_POINTS, Mouth
from kit.errors import Cancelled
from kit.media.cancel import CancelToken
from kit.media.spans import Span
from kit.models.card import LoadedModel
from kit.models.runtime import Tensor
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2
from tests.support.av_sync import a_hearing, a_model

WHOLE = Span(0.0, 12.0)
_LOWER = MOUTH_POINTS.index(14)


def a_lip_model() -> LoadedModel:
    model = a_model("lip_sync")
    model.card.sound_preprocessing.window_s, model.card.sound_preprocessing.hop_s = 5.0, 2.5
    model.card.mouth_preprocessing.CopyFrom(
        card_pb2.MouthPreprocessing(rate_fps=25, face_scale=1.5, side_px=192, min_face_px=64)
    )
    return model


def a_mouth(
    track_id: int = 0, start_s: float = 0.0, end_s: float = 12.0, *, moving: float = 0.1, face_px: float = 200
) -> Mouth:
    """A mouth whose lower lip falls and rises at random."""
    times_s = np.arange(round(start_s * 25), round(end_s * 25)) / 25
    points = np.zeros((len(times_s), len(MOUTH_POINTS), 3), np.float32)
    points[:, _LOWER, 1] = 0.3 + moving * np.random.default_rng(track_id).normal(0, 1, len(times_s))
    return Mouth(track_id, times_s, points, face_px)


class Lipreader:
    """Embeds lips as how far they are open, and sound as those of a mouth that speaks, `late` looks after. All begin at 0 s."""

    def __init__(self, speaker: Mouth, late: int = 0) -> None:
        self._speaks = dict(zip(np.round(25 * speaker.times_s), _opening(speaker), strict=True))
        self._late = late

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """(1, T, 1) and (1, U, 1)."""
        lips = inputs["lips"].reshape(1, -1, len(MOUTH_POINTS), 3)[:, :, _LOWER, 1:2]
        looks = inputs["sound"].shape[1] // SPECTRA_PER_LOOK
        wanted = -MAX_SHIFT - self._late + np.arange(looks)
        heard = np.array([self._speaks.get(look, 0.0) for look in wanted], np.float32)
        return {"lips_embedding": lips, "sound_embedding": heard[None, :, None]}


def _opening(mouth: Mouth) -> Floats:
    return np.asarray(mouth.points[:, _LOWER, 1] - 0.3, np.float32)


def opinion_on(network: Lipreader, *mouths: Mouth, speech: tuple[Span, ...] = (WHOLE,)) -> LipOpinion:
    cue = LipSyncCue(network, a_lip_model())
    opinion = cue.examine(a_hearing(12.0, *speech), mouths, CancelToken())
    protovalidate.validate(opinion.evidence)
    for curve in opinion.curves:
        protovalidate.validate(curve)
    return opinion


def test_lips_that_fit_speak_against_manipulation() -> None:
    opinion = opinion_on(Lipreader(a_mouth()), a_mouth())
    assert opinion.evidence.finding.reason.code == "lips_in_sync"
    assert opinion.evidence.finding.log_likelihood_ratio < -0.5
    assert {span.track_id for span in opinion.evidence.finding.spans} == {0}


@pytest.mark.parametrize("late", [-9, 9])
def test_late_sound_is_found_with_its_offset(late: int) -> None:
    opinion = opinion_on(Lipreader(a_mouth(), late), a_mouth())
    found = opinion.evidence.finding
    assert found.reason.code == "lips_out_of_sync"
    assert int(found.reason.parameters["offset_ms"]) == pytest.approx(40 * late, abs=20)
    assert opinion.curves[0].offset_ms == pytest.approx(40 * late, abs=20)


def test_the_curve_lists_distances_for_all_offsets_and_windows_in_order_of_time() -> None:
    (curve,) = opinion_on(Lipreader(a_mouth()), a_mouth()).curves
    assert [round(entry.offset_ms) for entry in curve.distances] == list(range(-600, 601, 40))
    assert min(curve.distances, key=lambda entry: entry.distance).offset_ms == 0
    starts = [window.time.start.ToNanoseconds() for window in curve.windows]
    assert starts == sorted(starts)


def test_a_second_person_who_moves_but_does_not_speak_is_no_reproach() -> None:
    opinion = opinion_on(Lipreader(a_mouth(0)), a_mouth(0), a_mouth(1))
    assert opinion.evidence.finding.reason.code == "lips_in_sync"
    assert {span.track_id for span in opinion.evidence.finding.spans} == {0}
    assert [curve.track_id for curve in opinion.curves] == [0, 1]


def test_a_silent_listener_gives_no_opinion() -> None:
    opinion = opinion_on(Lipreader(a_mouth(0)), a_mouth(1, moving=0.0))
    assert opinion.evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert opinion.curves == ()


def test_a_mouth_that_speaks_for_a_part_of_the_speech_says_less() -> None:
    speaker = a_mouth(0, 0.0, 4.0)
    part = opinion_on(Lipreader(speaker), speaker).evidence.finding
    whole = opinion_on(Lipreader(a_mouth(0)), a_mouth(0)).evidence.finding
    assert part.quality < 0.5 < whole.quality


def test_without_speech_it_abstains() -> None:
    told = opinion_on(Lipreader(a_mouth()), a_mouth(), speech=()).evidence.abstention
    assert told.reason == evidence_pb2.ABSTENTION_REASON_NO_SPEECH
    assert dict(told.parameters) == {"speech_s": "0.0", "needed_s": "1"}


def test_without_a_mouth_in_view_it_abstains() -> None:
    told = opinion_on(Lipreader(a_mouth())).evidence.abstention
    assert told.reason == evidence_pb2.ABSTENTION_REASON_NO_MOUTH


def test_a_small_face_is_not_judged() -> None:
    told = opinion_on(Lipreader(a_mouth()), a_mouth(face_px=40)).evidence.abstention
    assert told.reason == evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL
    assert dict(told.parameters) == {"face_px": "40", "needed_px": "64"}


def test_windows_without_speech_are_left_out() -> None:
    opinion = opinion_on(Lipreader(a_mouth()), a_mouth(), speech=(Span(0.0, 3.0),))
    last = opinion.evidence.finding.spans[-1]
    assert last.start.ToNanoseconds() / 1e9 < 3.0


def test_a_cancelled_call_ends() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        LipSyncCue(Lipreader(a_mouth()), a_lip_model()).examine(a_hearing(12.0, WHOLE), [a_mouth()], cancel)
