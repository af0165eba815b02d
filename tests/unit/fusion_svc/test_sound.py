"""Sound, from evidence to verdict: of recordings, and of videos beside what is seen."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from fusion_svc.judge import judge
from fusion_svc.model import FusionModel, read_fusion_model
from fusion_svc.segments import MAX_SEGMENTS
from fusion_svc.timeline import MAX_CELLS, MAX_STEPS, seconds, timeline
from kit.models.registry import Registry
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.fusion import AUDIO, SOUND_PARAMETERS, VIDEO, a_model, a_span, a_timeline, all_kinds, an_abstention

MODEL = a_model(all_kinds(video=SOUND_PARAMETERS, audio=SOUND_PARAMETERS))
FOREVER_S = 315_576_000_000.0


@pytest.fixture(scope="module")
def shipped() -> FusionModel:
    """The newest model of this repository."""
    return read_fusion_model(Registry(Path(__file__).parents[3] / "models").load("fusion"))


def voice(*ratios: float, code: str = "voice_synthetic") -> evidence_pb2.Evidence:
    """Windows of three seconds, every one and a half."""
    windows = (a_span(1.5 * n, 1.5 * n + 3, ratio, None) for n, ratio in enumerate(ratios))
    return a_timeline("voice_spoof", *windows, code=code)


def texts(verdict: verdict_pb2.Verdict) -> list[str]:
    return [entry.text for entry in verdict.explanation]


def test_the_verdict_on_a_recording_follows_its_worst_stretch() -> None:
    verdict = judge([voice(-2, -2, -2, 5, 5, 5, -2, -2)], AUDIO, MODEL)
    assert verdict.label == verdict_pb2.LABEL_MANIPULATED
    assert not verdict.decisive.HasField("track_id")
    assert (seconds(verdict.decisive.start), seconds(verdict.decisive.end)) == pytest.approx((6.0, 9.0), abs=0.16)
    assert len(verdict.segments) == 1


def test_a_recording_pays_for_the_search_and_has_its_own_operating_points() -> None:
    verdict = judge([voice(-3, -3, -3, -3)], AUDIO, MODEL)
    assert verdict.prior_log_odds == pytest.approx(-0.25 * math.log(round(7.5 / 1.28)), abs=0.05)
    assert verdict.operating_point.name == "audio_authentic"


def test_a_stretch_of_a_recording_is_told_as_heard_and_never_as_a_picture() -> None:
    told = texts(judge([voice(5, 5, -2, -2, -2, -2, 4, 4)], AUDIO, MODEL))
    assert told[1] == (
        "Heard from 0:00.0 to 0:03.0: The learned voice test finds traits of speech that a program made or changed. "
        "Nothing else of weight speaks for manipulation."
    )
    assert told[2].endswith(" the recording sounds suspicious too.")
    assert not [text for text in told if "picture" in text or "video" in text or "photo" in text or "looked" in text]


def test_an_authentic_recording_is_told_with_how_much_of_it_was_listened_to() -> None:
    told = texts(judge([voice(-4, -4, code="voice_natural")], AUDIO, MODEL))
    assert "4.5 of 20.0 seconds of the sound were listened to. A change in the rest would not have been heard." in told


def test_a_stretch_of_a_recording_on_a_person_is_told_as_sound_all_the_same() -> None:
    [told] = [
        entry
        for entry in judge([a_timeline("voice_spoof", a_span(0, 4, 5.0, 3))], AUDIO, MODEL).explanation
        if entry.cue == "voice_spoof"
    ]
    assert told.text.startswith("Heard from 0:00.0 to 0:04.0: ")
    assert (told.parameters["start"], told.parameters["end"]) == ("0.000", "4.000")
    assert "person" not in told.parameters


def test_a_voice_counts_for_everybody_in_view_and_where_nobody_is_for_the_whole() -> None:
    face = a_timeline("alpha", a_span(0, 4.8, 0.5, 0), a_span(0, 4.8, -2.0, 1))
    verdict = judge([face, a_timeline("voice_spoof", a_span(0, 9.6, 3.0, None))], VIDEO, MODEL)
    people = {entry.track_id if entry.HasField("track_id") else None for entry in verdict.segments}
    assert people == {0, None}, "what is seen of the second person outweighs the voice"
    assert verdict.decisive.track_id == 0


def test_whose_voice_it_is_is_not_told() -> None:
    face = a_timeline("alpha", a_span(0, 4.8, 0.5, 0))
    verdict = judge([face, a_timeline("voice_spoof", a_span(0, 4.8, 3.0, None))], VIDEO, MODEL)
    told = {entry.cue: entry.text for entry in verdict.explanation if entry.cue}
    assert told["voice_spoof"].startswith("Heard from 0:00.0 to 0:04.8: ")
    assert told["alpha"].startswith("Person 1, from 0:00.0 to 0:04.8: ")


def test_what_was_looked_at_and_what_was_listened_to_are_told_apart() -> None:
    face = a_timeline("alpha", a_span(0, 8, -4.0, 0))
    told = texts(judge([face, a_timeline("voice_spoof", a_span(0, 20, -4.0, None))], VIDEO, MODEL))
    assert "8.0 of 20.0 seconds of the video were looked at. A change in the rest would not have been seen." in told
    assert "All 20.0 seconds of the sound were listened to." in told


def test_a_video_without_sound_says_what_was_not_examined() -> None:
    silent = an_abstention("voice_spoof", evidence_pb2.ABSTENTION_REASON_NO_SOUND)
    told = texts(judge([a_timeline("alpha", a_span(0, 20, -4.0, 0)), silent], VIDEO, MODEL))
    assert "Nothing to examine: learned voice test. There is no sound to listen to." in told
    assert not [text for text in told if "listened to." in text and "seconds" in text]


@pytest.mark.parametrize("media", [AUDIO, VIDEO], ids=["recording", "video"])
def test_hostile_sound_costs_no_more_than_hostile_pictures(media: media_pb2.MediaInfo) -> None:
    spans = [a_span(n, FOREVER_S if n % 2 else n + 0.1, 1e9, n if n % 3 else None) for n in range(1024)]
    found = timeline([a_timeline("voice_spoof", *spans)], SOUND_PARAMETERS.weights)
    assert found is not None
    assert sum(grid.ratios.size for grid in found.people) <= MAX_CELLS + MAX_STEPS
    entry = a_timeline("voice_spoof", *spans)
    entry.finding.log_likelihood_ratio = 20.0
    verdict = judge([entry], media, MODEL)
    assert len(verdict.segments) <= MAX_SEGMENTS
    assert verdict.log_odds <= 20.0


def test_the_shipped_model_suspects_a_synthetic_voice(shipped: FusionModel) -> None:
    verdict = judge([voice(3.0)], AUDIO, shipped)
    assert verdict.label in (verdict_pb2.LABEL_SUSPICIOUS, verdict_pb2.LABEL_MANIPULATED)
    assert verdict.operating_point.authentic_items > 0, "its error rate is measured"


def test_the_shipped_model_says_nothing_of_silence(shipped: FusionModel) -> None:
    cues = ("voice_spoof", "av_coherence")
    silent = [an_abstention(cue, evidence_pb2.ABSTENTION_REASON_NO_SPEECH) for cue in cues]
    verdict = judge(silent, AUDIO, shipped)
    assert verdict.label == verdict_pb2.LABEL_INCONCLUSIVE


def test_the_shipped_model_suspects_a_recording_that_is_synthetic_throughout(shipped: FusionModel) -> None:
    verdict = judge([voice(*[3.0] * 39)], AUDIO, shipped)
    assert verdict.label in (verdict_pb2.LABEL_SUSPICIOUS, verdict_pb2.LABEL_MANIPULATED)


def test_seams_alone_never_decide_about_a_recording(shipped: FusionModel) -> None:
    seams = a_timeline("av_coherence", a_span(0, 2, 3.0, None), code="sound_seams_found")
    assert judge([seams], AUDIO, shipped).label == verdict_pb2.LABEL_INCONCLUSIVE


def test_the_shipped_model_calls_a_natural_voice_authentic(shipped: FusionModel) -> None:
    assert judge([voice(-2.0, code="voice_natural")], AUDIO, shipped).label == verdict_pb2.LABEL_AUTHENTIC
