"""Sound through the whole stack: recordings, videos without sound, and the way back to the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from google.protobuf import json_format

from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.face_film import face_film
from tests.support.sound_factory import RATE_HZ, clicks, recording
from tests.support.stack import Stack, run_cli

SOUND_TESTS = {"voice_spoof", "lip_sync", "av_coherence"}
Analysis = resources_pb2.Analysis


@pytest.fixture(scope="module")
def wav() -> bytes:
    """Four seconds in which nobody speaks."""
    return recording("wav", clicks([1.0, 2.0], 4.0), RATE_HZ)


def judged(stack: Stack, data: bytes) -> Analysis:
    reply = stack.rest("POST", "/v1/media:analyze?depth=DEPTH_QUICK", data)
    assert reply.status == 200, reply.body
    return json_format.Parse(reply.body.splitlines()[-1], Analysis())


def reasons(analysis: Analysis) -> dict[str, str]:
    return {
        each.cue: evidence_pb2.AbstentionReason.Name(each.abstention.reason).removeprefix("ABSTENTION_REASON_")
        for each in analysis.evidence
        if each.HasField("abstention")
    }


def test_a_recording_is_listened_to_and_nobody_misses_faces(stack: Stack, wav: bytes) -> None:
    last = judged(stack, wav)
    assert (last.info.kind, last.info.sample_rate_hz) == (media_pb2.MEDIA_KIND_AUDIO, RATE_HZ)
    assert last.soundtrack.duration.ToMilliseconds() == pytest.approx(4000, abs=50)
    assert len(last.soundtrack.log_mel.values) == last.soundtrack.log_mel.columns * last.soundtrack.log_mel.bands > 0
    assert (reasons(last)["voice_spoof"], reasons(last)["lip_sync"]) == ("NO_SPEECH", "NOT_APPLICABLE")
    assert not {each.cue for each in last.evidence} & {"face_spatial", "face_motion"}
    assert not [each.text for each in last.verdict.explanation if "picture" in each.text or "photo" in each.text]


def test_a_video_without_sound_says_so(stack: Stack, photo: Path) -> None:
    last = judged(stack, face_film(photo, 2))
    assert {cue: reasons(last).get(cue) for cue in SOUND_TESTS} == dict.fromkeys(SOUND_TESTS, "NO_SOUND")
    assert not last.HasField("soundtrack")
    assert any("There is no sound to listen to." in each.text for each in last.verdict.explanation)


def test_the_cli_judges_a_recording(stack: Stack, wav: bytes, tmp_path: Path) -> None:
    (tmp_path / "voice.wav").write_bytes(wav)
    answer = run_cli("analyze", "--json", "--depth", "quick", "--state", stack.state, tmp_path / "voice.wav")
    line = json.loads(answer.stdout)
    assert line["abstentions"]["voice_spoof"] == "NO_SPEECH"
    assert line["lip_sync"] == []


def test_a_stored_file_comes_back_as_it_went_in(stack: Stack, wav: bytes) -> None:
    reply = stack.rest("GET", f"/v1/{judged(stack, wav).media}:download")
    assert (reply.status, reply.body) == (200, wav)
    assert reply.headers["content-disposition"] == "attachment"
    assert reply.headers["content-type"].startswith("audio/")
