"""Videos through the whole stack: what is said and when, odd files, and a caller who goes away."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from google.protobuf import json_format

from cli.output import label_name
from kit.convert.times import seconds
from telltale.common.v1 import evidence_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.decoders import FREED_WITHIN_S, becomes, decoders
from tests.support.face_film import HEIGHT_PX, WIDTH_PX, face_film
from tests.support.stack import Stack, run_cli
from tests.support.video_factory import Recipe, steady, video

PICTURE_TESTS = {"face_spatial", "frequency", "noise_residual"}
MOVEMENT_TESTS = {"face_motion", "flow_consistency", "face_drift", "blending_flicker"}
FAST = {"preset": "ultrafast"}
TWO_HOURS_S = 7200
DEPTHS = ("DEPTH_QUICK", "DEPTH_STANDARD")

Analysis = resources_pb2.Analysis


@pytest.fixture(scope="module")
def face_video(photo: Path) -> bytes:
    return face_film(photo, 4)


@pytest.fixture(scope="module")
def steps(stack: Stack, face_video: bytes) -> list[Analysis]:
    """All that is answered to a video with a face."""
    return judged(stack, face_video)


def test_a_face_is_followed_and_every_test_says_when(steps: list[Analysis]) -> None:
    last = steps[-1]
    assert len(last.tracks) == 1
    assert examined_s(last) == pytest.approx(4.0, abs=0.1)
    spans = {each.cue: list(each.finding.spans) for each in last.evidence if each.finding.spans}
    assert set(spans) == PICTURE_TESTS | MOVEMENT_TESTS
    assert {span.track_id for each in spans.values() for span in each} == {last.tracks[0].track_id}
    assert all(0 <= seconds(span.start) < seconds(span.end) <= 4.1 for each in spans.values() for span in each)


def test_progress_never_falls_and_ends_at_all_done(steps: list[Analysis]) -> None:
    states = [step.state for step in steps[:-1]]
    assert set(states) - {resources_pb2.ANALYSIS_STATE_QUEUED} == {resources_pb2.ANALYSIS_STATE_RUNNING}
    assert resources_pb2.ANALYSIS_STATE_QUEUED not in states[states.index(resources_pb2.ANALYSIS_STATE_RUNNING) :]
    for detector in ("image", "temporal", "av_sync", "metadata"):
        shares = [each.done_share for step in steps for each in step.progress if each.detector == detector]
        assert all(before <= after for before, after in pairwise(shares))
        assert shares[-1] == 1.0
    assert any(0 < each.done_share < 1 for step in steps for each in step.progress)


def test_the_cli_prints_the_stretches_of_the_verdict(
    stack: Stack, face_video: bytes, steps: list[Analysis], tmp_path: Path
) -> None:
    (tmp_path / "face.mp4").write_bytes(face_video)
    answer = run_cli("analyze", "--json", "--state", stack.state, tmp_path / "face.mp4")
    line = json.loads(answer.stdout)
    assert line["label"] == label_name(steps[-1].verdict.label)
    assert [each["start_s"] for each in line["segments"]] == [
        pytest.approx(seconds(each.start)) for each in steps[-1].verdict.segments
    ]
    assert set(line["signals"]) >= PICTURE_TESTS | MOVEMENT_TESTS


def test_quick_looks_at_less_than_standard(stack: Stack) -> None:
    long = video(Recipe(steady(200, 10), options=FAST))
    quick, standard = (examined_s(judged(stack, long, depth)[-1]) for depth in DEPTHS)
    assert 5 < quick < 10
    assert standard == pytest.approx(20, abs=0.1)


def test_a_video_without_a_face_is_inconclusive_and_says_why(stack: Stack) -> None:
    last = judged(stack, video(Recipe(steady(50, 25))))[-1]
    assert label_name(last.verdict.label) == "INCONCLUSIVE"
    assert set(refusals(last)["ABSTENTION_REASON_NO_FACE"]) >= PICTURE_TESTS | MOVEMENT_TESTS
    assert [each.failure for each in last.progress] == [""] * 4


def slow_webm() -> bytes:
    options = {"deadline": "realtime", "cpu-used": "8"}
    return video(Recipe(steady(100, 25), "libvpx-vp9", "webm", options, time_base=Fraction(1, 1000)))


@dataclass(frozen=True)
class Odd:
    name: str
    make: Callable[[], bytes]
    frames: int
    length_s: float


ODD = [
    Odd("one frame", lambda: video(Recipe([0.0])), 1, 1 / 24),
    Odd("one frame a second", lambda: video(Recipe(steady(20, 1))), 20, 20),
    Odd("240 frames a second", lambda: video(Recipe(steady(480, 240), options=FAST)), 480, 2),
    Odd("two hours", lambda: video(Recipe(steady(TWO_HOURS_S, 1), options=FAST)), TWO_HOURS_S, TWO_HOURS_S),
    Odd("a tail that is missing", lambda: cut_off(slow_webm()), 50, 2),
]


@pytest.mark.parametrize("odd", ODD, ids=[odd.name for odd in ODD])
def test_odd_videos_are_answered(stack: Stack, odd: Odd) -> None:
    last = judged(stack, odd.make())[-1]
    assert last.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED
    assert last.info.frame_count == pytest.approx(odd.frames, abs=10)
    assert seconds(last.info.duration) == pytest.approx(odd.length_s, abs=0.5)
    assert [each.failure for each in last.progress] == [""] * 4


def test_an_index_that_is_cut_off_is_told(stack: Stack, face_video: bytes) -> None:
    reply = stack.analyze(cut_off(face_video))
    assert (reply.status, reply.reason) == (400, "UNDECODABLE_MEDIA")
    assert "cut off" in reply.json()["message"]


@pytest.mark.parametrize("rotation_deg", [90, 270])
def test_a_face_in_a_turned_video_is_found_upright(stack: Stack, photo: Path, rotation_deg: int) -> None:
    last = judged(stack, face_film(photo, 1.5, rotation_deg=rotation_deg))[-1]
    assert (last.info.width_px, last.info.height_px) == (WIDTH_PX, HEIGHT_PX)
    assert len(last.tracks) == 1


@pytest.mark.parametrize("service", ["image_svc", "temporal_svc"])
def test_cancelling_frees_the_decoders_within_a_second(stack: Stack, photo: Path, service: str) -> None:
    log = stack.state / "logs" / f"{service}.log"
    length = log.stat().st_size
    connection = http.client.HTTPConnection("127.0.0.1", stack.port)
    connection.request("POST", "/v1/media:analyze", face_film(photo, 8), stack.headers())
    assert becomes(lambda: decoders(stack, service) > 0, 40), f"{service} never decoded"
    stack.cancel_newest()
    assert becomes(lambda: decoders(stack, "image_svc") + decoders(stack, "temporal_svc") == 0, FREED_WITHIN_S)
    connection.close()
    assert becomes(lambda: '"code": "CANCELLED"' in log.read_text()[length:], 10), "the call ran on"
    assert decoders(stack, service) == 0


def judged(stack: Stack, data: bytes, depth: str = "DEPTH_STANDARD") -> list[Analysis]:
    """Every line of the answer."""
    reply = stack.rest("POST", f"/v1/media:analyze?depth={depth}&fresh=true", data)
    assert reply.status == 200, reply.body
    return [json_format.Parse(line, Analysis()) for line in reply.body.splitlines()]


def cut_off(data: bytes) -> bytes:
    return data[: len(data) * 6 // 10]


def examined_s(analysis: Analysis) -> float:
    return sum(seconds(each.end) - seconds(each.start) for each in analysis.examined)


def refusals(analysis: Analysis) -> dict[str, set[str]]:
    """The tests without an opinion, by reason."""
    reasons: dict[str, set[str]] = {}
    for each in analysis.verdict.abstentions:
        reason = evidence_pb2.AbstentionReason.Name(each.abstention.reason)
        reasons.setdefault(reason, set()).add(each.cue)
    return reasons
