"""Sound through the whole stack: recordings, videos without sound, and the way back to the file."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import json_format

from kit.convert.times import seconds
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support import sound_factory
from tests.support.decoders import FREED_WITHIN_S, becomes, decoders
from tests.support.face_film import face_film
from tests.support.sound_factory import RATE_HZ, Talk, clicks, recording, talk
from tests.support.stack import Stack, run_cli

SOUND_TESTS = {"voice_spoof", "lip_sync", "av_coherence"}
TEN_HOURS_S = 36_000
Analysis = resources_pb2.Analysis


@pytest.fixture(scope="module")
def wav() -> bytes:
    """Four seconds in which nobody speaks."""
    return recording("wav", clicks([1.0, 2.0], 4.0), RATE_HZ)


def judged(stack: Stack, data: bytes) -> Analysis:
    reply = stack.rest("POST", "/v1/media:analyze?depth=DEPTH_QUICK&fresh=true", data)
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


def test_a_video_with_sound_is_listened_to_and_looked_at(stack: Stack) -> None:
    last = judged(stack, talk(Talk(clicks([0.5], 2.0))))
    assert last.soundtrack.duration.ToMilliseconds() == pytest.approx(2000, abs=100)
    assert {cue: reasons(last)[cue] for cue in ("voice_spoof", "lip_sync")} == dict.fromkeys(
        ("voice_spoof", "lip_sync"), "NO_SPEECH"
    )
    assert reasons(last)["face_motion"] == "NO_FACE"
    assert [each.failure for each in last.progress] == ["", "", "", ""]


def one_sample() -> bytes:
    return sound_factory.wav(np.full(1, 1_000, np.int16), 16_000)


def some_nan() -> bytes:
    samples = clicks([0.5], 2.0, 16_000)
    samples[100:20_000] = np.nan
    return sound_factory.wav(samples, 16_000, sound_format=3)


def eight_channels() -> bytes:
    samples = np.round(clicks([0.5], 2.0) * 32_767).astype(np.int16)
    return sound_factory.wav(np.tile(samples[:, np.newaxis], (1, 8)))


def very_many_samples() -> bytes:
    return sound_factory.wav((clicks([0.5], 2.0, 384_000) * 32_767).astype(np.int16), 384_000)


def cut_off_mp3() -> bytes:
    whole = recording("mp3", clicks([0.5], 4.0))
    return whole[: len(whole) // 2 + 7]


def wrong_length() -> bytes:
    return sound_factory.wav(np.zeros(2 * RATE_HZ, np.int16), RATE_HZ, claimed_bytes=2**31)


@dataclass(frozen=True)
class Odd:
    name: str
    make: Callable[[], bytes]
    length_s: float


ODD = [
    Odd("one sample", one_sample, 1 / 16_000),
    Odd("NaN among the samples", some_nan, 2),
    Odd("eight channels", eight_channels, 2),
    Odd("384 kHz", very_many_samples, 2),
    Odd("a cut-off mp3", cut_off_mp3, 2),
    Odd("a wrong length in the header", wrong_length, 2),
    Odd("ten hours of silence", lambda: sound_factory.long_silence(TEN_HOURS_S), TEN_HOURS_S),
]


@pytest.mark.parametrize("odd", ODD, ids=[odd.name for odd in ODD])
def test_odd_recordings_are_answered_without_an_opinion_on_the_voice(stack: Stack, odd: Odd) -> None:
    last = judged(stack, odd.make())
    assert last.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED
    assert seconds(last.info.duration) == pytest.approx(odd.length_s, abs=0.2)
    assert reasons(last)["voice_spoof"] == "NO_SPEECH"
    assert [each.failure for each in last.progress] == ["", ""]


def test_a_recording_of_no_samples_is_refused_with_the_way_out(stack: Stack) -> None:
    reply = stack.analyze(sound_factory.wav(np.zeros(0, np.int16), 16_000))
    assert (reply.status, reply.reason) == (400, "UNDECODABLE_MEDIA")
    assert "Send the original file" in reply.json()["message"]


def test_of_a_recording_of_nothing_but_nan_nothing_is_said_and_it_is_told_why(stack: Stack) -> None:
    last = judged(stack, sound_factory.wav(np.full(16_000, np.nan, np.float32), 16_000, sound_format=3))
    assert {reasons(last)[cue] for cue in SOUND_TESTS} == {"DETECTOR_UNAVAILABLE"}
    assert {each.detector: each.failure for each in last.progress}["av_sync"] == "UNDECODABLE_MEDIA"
    assert any(
        "could not work on this file (no picture or sound could be read)" in each.text
        for each in last.verdict.explanation
    )


def test_cancelling_while_an_hour_is_listened_to_frees_the_decoders_within_a_second(stack: Stack) -> None:
    log = stack.state / "logs" / "av_sync_svc.log"
    length = log.stat().st_size
    connection = http.client.HTTPConnection("127.0.0.1", stack.port)
    hour = sound_factory.wav(np.tile((clicks([0.5], 60.0, 16_000) * 32_767).astype(np.int16), 60), 16_000)
    connection.request("POST", "/v1/media:analyze?depth=DEPTH_THOROUGH", hour, stack.headers())
    assert becomes(lambda: decoders(stack, "av_sync_svc") > 0, 40), "av_sync_svc never decoded"
    stack.cancel_newest()
    assert becomes(lambda: decoders(stack, "av_sync_svc") == 0, FREED_WITHIN_S)
    connection.close()
    assert becomes(lambda: '"code": "CANCELLED"' in log.read_text()[length:], 10), "the call ran on"
    assert decoders(stack, "av_sync_svc") == 0


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
