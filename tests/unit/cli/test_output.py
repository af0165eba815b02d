from __future__ import annotations

import json

import pytest

from cli.output import Outcome, as_json, exit_code, json_line
from kit.errors import EmptyMedia
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.analyses import analysis, sound_analysis, video_analysis
from tests.support.fake_av_sync import a_curve

AUTHENTIC = analysis(verdict_pb2.LABEL_AUTHENTIC)
SUSPICIOUS = analysis(verdict_pb2.LABEL_SUSPICIOUS)
MANIPULATED = analysis(verdict_pb2.LABEL_MANIPULATED)
INCONCLUSIVE = analysis(verdict_pb2.LABEL_INCONCLUSIVE, confidence=None)
ERROR = EmptyMedia("the file has no bytes; choose another")


def test_a_verdict_is_the_line_that_scripts_rely_on() -> None:
    assert as_json("a.jpg", MANIPULATED) == {
        "file": "a.jpg",
        "media_sha256": "ab" * 32,
        "label": "MANIPULATED",
        "risk_score": 81.8,
        "confidence": 0.9,
        "signals": {"face_spatial": None, "frequency": 1.5},
        "abstentions": {"face_spatial": "NO_FACE"},
        "segments": [],
        "lip_sync": [],
        "analysis": "analyses/a",
        "recalled": [],
    }


def test_a_videos_line_says_when_and_on_whom() -> None:
    assert as_json("a.mp4", video_analysis())["segments"] == [
        {"start_s": 1.2, "end_s": 3.4, "track_id": 0, "risk_score": 93.4},
        {"start_s": 62.5, "end_s": 64.0, "track_id": None, "risk_score": 71.0},
    ]


def test_a_line_says_how_lips_lie_against_the_sound() -> None:
    judged = sound_analysis(media_pb2.MEDIA_KIND_VIDEO)
    judged.lip_sync.append(a_curve(track_id=2))
    assert as_json("a.mp4", judged)["lip_sync"] == [{"track_id": 2, "offset_ms": 120.0, "clarity": 0.75}]


def test_without_confidence_the_line_says_null() -> None:
    assert as_json("a.jpg", INCONCLUSIVE)["confidence"] is None


def test_an_error_is_a_line_with_reason_and_sentence() -> None:
    expected = {"reason": "EMPTY_MEDIA", "message": "the file has no bytes; choose another"}
    assert as_json("a.jpg", ERROR) == {"file": "a.jpg", "error": expected}


@pytest.mark.parametrize(
    ("outcome", "code"), [(AUTHENTIC, 0), (SUSPICIOUS, 10), (MANIPULATED, 20), (INCONCLUSIVE, 30), (ERROR, 1)]
)
def test_each_outcome_has_its_exit_code(outcome: Outcome, code: int) -> None:
    assert exit_code([outcome]) == code


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([AUTHENTIC, INCONCLUSIVE], 30),
        ([INCONCLUSIVE, SUSPICIOUS], 10),
        ([SUSPICIOUS, MANIPULATED, INCONCLUSIVE], 20),
        ([MANIPULATED, ERROR], 1),
    ],
)
def test_of_several_outcomes_the_worst_counts(outcomes: list[Outcome], code: int) -> None:
    assert exit_code(outcomes) == code


def test_an_analysis_without_a_verdict_is_an_error() -> None:
    assert exit_code([analysis(verdict_pb2.LABEL_UNSPECIFIED)]) == 1


def test_a_line_about_a_name_that_is_not_utf8_is_json_all_the_same() -> None:
    line = json_line(as_json("a\udcffé.jpg", MANIPULATED))
    line.encode("utf-8")
    assert json.loads(line)["file"] == "a\udcffé.jpg"
