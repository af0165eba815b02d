"""What detectors say, collected."""

from __future__ import annotations

from gateway.making.case import MAX_CURVES, Case, is_complete
from gateway.making.plan import ASSIGNMENTS, asked_about
from kit.convert.evidence import abstention, finding
from kit.errors import DeadlineExceeded, DetectorUnavailable, ModelInvalid, TelltaleError
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock
from tests.support.fake_av_sync import a_curve, a_soundtrack
from tests.support.fake_detectors import face_tracks

IMAGE, TEMPORAL, AV_SYNC, METADATA = ASSIGNMENTS


def opened() -> tuple[Case, list[resources_pb2.Analysis]]:
    seen: list[resources_pb2.Analysis] = []
    case = Case(resources_pb2.Analysis(name="analyses/a"), seen.append, FakeClock())
    case.open([IMAGE])
    return case, seen


def reasons(case: Case) -> dict[str, int]:
    return {
        piece.cue: piece.abstention.reason for piece in case.fuse_request().evidence if piece.HasField("abstention")
    }


def test_the_first_answer_of_a_test_counts() -> None:
    case, _ = opened()
    case.take(IMAGE, finding("frequency", 1.0, 1.0, "first_answer", {}))
    case.take(IMAGE, finding("frequency", 2.0, 1.0, "second_answer", {}))
    assert [piece.finding.reason.code for piece in case.fuse_request().evidence] == ["first_answer"]


def test_tests_that_a_detector_left_out_are_abstentions() -> None:
    case, _ = opened()
    case.take(IMAGE, finding("frequency", 1.0, 1.0, "some_reason", {}))
    case.finish(IMAGE)
    assert set(reasons(case)) == {"face_spatial", "noise_residual", "whole_picture"}
    assert case.analysis.progress[0].state == resources_pb2.DETECTOR_STATE_FAILED


def failed_with(error: TelltaleError) -> int:
    case, _ = opened()
    case.fail(IMAGE, error)
    [reason] = set(reasons(case).values())
    return reason


def test_an_error_becomes_the_abstention_that_fits() -> None:
    assert failed_with(DeadlineExceeded("late")) == evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED
    assert failed_with(ModelInvalid("no model")) == evidence_pb2.ABSTENTION_REASON_MODEL_UNAVAILABLE
    assert failed_with(DetectorUnavailable("dead")) == evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE


def test_published_steps_do_not_change_afterwards() -> None:
    case, seen = opened()
    case.start(IMAGE)
    case.finish(IMAGE)
    states = [step.progress[0].state for step in seen]
    assert states[:2] == [resources_pb2.DETECTOR_STATE_PENDING, resources_pb2.DETECTOR_STATE_RUNNING]


def test_callers_see_names_of_maps_and_fusion_sees_their_values() -> None:
    case, _ = opened()
    shown = evidence_pb2.EvidenceMap(width=1, height=1, values=b"\xff")
    case.take(IMAGE, finding("frequency", 1.0, 1.0, "some_reason", {}, map=shown))
    request = case.fuse_request()
    case.show_evidence(request)
    assert case.analysis.maps[0].name == "analyses/a/maps/frequency"
    assert case.analysis.evidence[0].finding.map.values == b""
    assert request.evidence[0].finding.map.values == b"\xff"


def test_evidence_is_complete_unless_a_fault_of_ours_made_a_test_abstain() -> None:
    case, _ = opened()
    case.take(IMAGE, abstention("frequency", evidence_pb2.ABSTENTION_REASON_NO_FACE, {}))
    assert is_complete(case.fuse_request().evidence)
    case.finish(IMAGE)
    assert not is_complete(case.fuse_request().evidence)


def test_only_steps_that_are_far_enough_apart_tell_nothing_but_progress() -> None:
    clock, seen = FakeClock(), list[resources_pb2.Analysis]()
    case = Case(resources_pb2.Analysis(), seen.append, clock)
    case.open([IMAGE])
    case.start(IMAGE)
    for share in range(1, 101):
        clock.advance(0.0625)  # exact in binary
        case.advance(IMAGE, share / 100)
    shares = [step.progress[0].done_share for step in seen[2:]]
    assert shares == sorted(set(shares))
    assert len(shares) == 25


def test_progress_never_goes_back_and_ends_at_one() -> None:
    case, _ = opened()
    case.advance(IMAGE, 0.5)
    case.advance(IMAGE, 0.25)
    case.start(IMAGE)
    assert case.analysis.progress[0].done_share == 0.5
    for cue in IMAGE.cues:
        case.take(IMAGE, finding(cue, 1.0, 1.0, "some_reason", {}))
    case.finish(IMAGE)
    assert case.analysis.progress[0].done_share == 1.0


def test_a_detector_that_fails_keeps_the_share_it_had() -> None:
    case, _ = opened()
    case.advance(IMAGE, 0.5)
    case.fail(IMAGE, DetectorUnavailable("dead"))
    assert case.analysis.progress[0].done_share == 0.5


def test_steps_leave_out_what_only_the_finished_analysis_shows() -> None:
    case, seen = opened()
    for find in (face_tracks(is_video=True), a_soundtrack(), a_curve()):
        case.take(IMAGE, find)
    case.finish(IMAGE)
    case.fuse_request()
    assert (case.analysis.soundtrack, list(case.analysis.lip_sync)) == (a_soundtrack(), [a_curve()])
    assert (len(case.analysis.tracks), len(case.analysis.examined)) == (1, 1)
    assert {field.name for field, _ in seen[-1].ListFields()} == {"name", "progress"}


def test_another_attempt_of_a_detector_begins_anew() -> None:
    case, _ = opened()
    for _ in range(2):
        case.start(IMAGE)
        for find in (face_tracks(is_video=True), finding("frequency", 1.0, 1.0, "some_reason", {})):
            case.take(IMAGE, find)
    assert len(case.fuse_request().evidence) == len(case.analysis.tracks) == len(case.analysis.examined) == 1


def test_what_a_detector_said_before_it_died_counts_when_it_does_not_come_back() -> None:
    case, _ = opened()
    case.start(IMAGE)
    case.take(IMAGE, finding("frequency", 1.0, 1.0, "some_reason", {}))
    case.start(IMAGE)
    case.fail(IMAGE, DetectorUnavailable("dead"))
    assert set(reasons(case)) == {"face_spatial", "noise_residual", "whole_picture"}


def test_a_part_of_an_earlier_attempt_is_taken_as_it_was() -> None:
    case, _ = opened()
    part = resources_pb2.Analysis(evidence=[finding(cue, 1.0, 1.0, "some_reason", {}) for cue in IMAGE.cues])
    case.restore(IMAGE, part)
    assert case.analysis.progress[0].state == resources_pb2.DETECTOR_STATE_DONE
    assert len(case.fuse_request().evidence) == len(IMAGE.cues)


def test_what_is_not_kept_shows_its_maps_at_once() -> None:
    case, _ = opened()
    case.analysis.retention = resources_pb2.RETENTION_NONE
    shown = evidence_pb2.EvidenceMap(width=1, height=1, values=b"\xff")
    case.take(IMAGE, finding("frequency", 1.0, 1.0, "some_reason", {}, map=shown))
    case.show_evidence(case.fuse_request())
    assert (case.analysis.evidence[0].finding.map.values, list(case.analysis.maps)) == (b"\xff", [])


def test_of_each_person_the_first_curve_is_kept_and_of_many_people_only_so_many() -> None:
    case, _ = opened()
    for track_id in range(2 * MAX_CURVES):
        case.take(IMAGE, a_curve(track_id, 40.0))
        case.take(IMAGE, a_curve(track_id, 80.0))
    case.fuse_request()
    assert [(curve.track_id, curve.offset_ms) for curve in case.analysis.lip_sync] == [
        (track_id, 40.0) for track_id in range(MAX_CURVES)
    ]


def test_a_video_is_for_everybody_a_photo_does_not_move_or_sound_and_a_recording_shows_nothing() -> None:
    expected = {
        media_pb2.MEDIA_KIND_VIDEO: (IMAGE, TEMPORAL, AV_SYNC, METADATA),
        media_pb2.MEDIA_KIND_IMAGE: (IMAGE, METADATA),
        media_pb2.MEDIA_KIND_AUDIO: (AV_SYNC, METADATA),
    }
    for kind, assignments in expected.items():
        assert asked_about(kind) == tuple(assignment.only_for(kind) for assignment in assignments)


def test_nobody_asks_about_the_container_of_a_photo() -> None:
    asked = {kind: METADATA.only_for(kind).cues for kind in METADATA.kinds}
    assert {kind for kind, cues in asked.items() if "container_structure" in cues} == {
        media_pb2.MEDIA_KIND_VIDEO,
        media_pb2.MEDIA_KIND_AUDIO,
    }
    assert set(METADATA.cues) == set().union(*asked.values())
