from __future__ import annotations

import pytest

from cli.sound import lips_in_words, subject
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.analyses import heard, sound_analysis
from tests.support.fake_av_sync import a_curve

VIDEO = media_pb2.MEDIA_KIND_VIDEO


def subject_of(analysis: resources_pb2.Analysis) -> str:
    return subject(analysis.verdict.segments[0], analysis)


def test_a_person_is_counted_from_one_whatever_is_heard() -> None:
    judged = sound_analysis(VIDEO)
    judged.verdict.segments[0].track_id = 0
    assert subject_of(judged) == "person 1"


@pytest.mark.parametrize(
    ("seams", "weight", "name"), [(2.0, 1, "the voice"), (4.0, 1, "the sound"), (4.0, 0, "the voice")]
)
def test_without_a_person_it_is_what_the_loudest_test_listens_to(seams: float, weight: float, name: str) -> None:
    judged = sound_analysis(VIDEO)
    judged.evidence.append(heard("av_coherence", seams, 3000, 6000))
    judged.verdict.contributions.add(cue="av_coherence", weight=weight, quality=1)
    assert subject_of(judged) == name


def test_where_the_loudest_test_looks_it_is_the_video() -> None:
    judged = sound_analysis(VIDEO)
    judged.evidence.append(heard("whole_picture", 9.0, 3000, 6000))
    judged.verdict.contributions.add(cue="whole_picture", weight=1, quality=1)
    assert subject_of(judged) == "the video"


def test_where_no_test_speaks_of_the_stretch_it_is_the_recording() -> None:
    judged = sound_analysis()
    judged.evidence[-1].CopyFrom(heard("voice_spoof", 3.0, 9000, 12_000))
    assert subject_of(judged) == "the recording"


@pytest.mark.parametrize(
    ("offset_ms", "text"),
    [
        (120.0, "person 3  sound 120 ms behind the lips  clarity 75%"),
        (-40.4, "person 3  sound 40 ms ahead of the lips  clarity 75%"),
        (0.2, "person 3  sound in step with the lips  clarity 75%"),
    ],
)
def test_an_offset_is_told_by_who_comes_first(offset_ms: float, text: str) -> None:
    assert lips_in_words(a_curve(2, offset_ms)) == text
