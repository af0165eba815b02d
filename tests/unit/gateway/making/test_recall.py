"""What is taken over, on rows that a test makes up: whole sets out of one analysis, whatever was switched or broke off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from gateway.making.notes import NoNotes, WithRecalled
from gateway.making.plan import AV_SYNC, IMAGE, METADATA, TEMPORAL, asked_about
from gateway.making.recall import Recall
from gateway.storage.times import to_timestamp
from kit.convert.evidence import abstention, finding
from kit.errors import DetectorUnavailable, DigestMismatch
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.clock import FakeClock

INFO = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_VIDEO, sha256="5" * 64)
ALL = {IMAGE, TEMPORAL, AV_SYNC, METADATA}
CLOCK = FakeClock()


def examined(name: str = "a") -> resources_pb2.Analysis:
    """A video that all detectors have looked at by "1"."""
    analysis = resources_pb2.Analysis(name=f"analyses/{name}", info=INFO, depth=media_pb2.DEPTH_STANDARD)
    for assignment in asked_about(INFO.kind):
        faces = "1" if assignment.faces in ("awaits", "late") else ""
        time = to_timestamp(CLOCK.now())
        analysis.origins.add(detector=assignment.detector, basis="1", faces_basis=faces, complete_time=time)
    return analysis


def origin(analysis: resources_pb2.Analysis, detector: str) -> resources_pb2.DetectorOrigin:
    return next(each for each in analysis.origins if each.detector == detector)


class Rows:
    """Earlier analyses, newest first. Their evidence is a finding of every test, but for those that `silent` names."""

    def __init__(self, *earlier: resources_pb2.Analysis, silent: Sequence[str] = (), damaged: bool = False) -> None:
        self._earlier = earlier
        self._silent = silent
        self._damaged = damaged

    async def examined_before(
        self, owner: str, sha256: str, now: datetime, limit: int
    ) -> Sequence[resources_pb2.Analysis]:
        return self._earlier

    async def evidence(self, analysis_id: str) -> fusion_service_pb2.FuseRequest:
        if self._damaged:
            raise DigestMismatch("damaged")
        late = evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED
        cues = [cue for assignment in asked_about(INFO.kind) for cue in assignment.cues]
        said = [
            abstention(cue, late, {}) if cue in self._silent else finding(cue, 1.0, 1.0, "some_reason", {})
            for cue in cues
        ]
        return fusion_service_pb2.FuseRequest(evidence=said)


class Says:
    def __init__(self, basis: str = "1") -> None:
        self._basis = basis

    async def basis(self, budget_s: float) -> str:
        if not self._basis:
            raise DetectorUnavailable("it is away")
        return self._basis


async def recalled(rows: Rows, notes: Any = None, **bases: str) -> set[str]:
    """Detectors of which something is taken over; they answer by "1" where `bases` says nothing else."""
    services = {detector: Says(bases.get(detector, "1")) for detector in ALL}
    wanted = resources_pb2.Analysis(name="analyses/new", info=INFO)
    found = await Recall(cast(Any, rows), services, CLOCK).parts("alice", wanted, notes or NoNotes())
    assert all(part.origins[0].recalled_from for part in found.values())
    return set(found)


async def test_all_of_it_is_taken_over_where_nothing_has_changed() -> None:
    assert await recalled(Rows(examined())) == ALL


async def test_an_analysis_is_not_taken_over_from_itself() -> None:
    assert await recalled(Rows(examined("new"))) == set()


async def test_other_facts_about_the_same_bytes_are_another_question() -> None:
    other = examined()
    other.info.mime_type = "video/webm"
    assert await recalled(Rows(other)) == set()


async def test_a_detector_that_was_given_faces_of_other_models_goes_with_none() -> None:
    mixed = examined()
    origin(mixed, TEMPORAL).faces_basis = "0"  # As after a switch in the middle of an analysis that was taken up again.
    assert await recalled(Rows(mixed)) == {METADATA}


async def test_a_set_is_never_put_together_out_of_two_analyses() -> None:
    newer, older = examined("b"), examined("a")
    origin(newer, TEMPORAL).basis = "0"
    origin(older, IMAGE).basis = "0"
    assert await recalled(Rows(newer, older)) == {METADATA}


async def test_an_older_analysis_counts_where_a_newer_one_does_not() -> None:
    newer = examined("b")
    for each in newer.origins:
        each.basis = "0"
    assert await recalled(Rows(newer, examined("a"))) == ALL


async def test_a_switch_of_one_who_looks_along_faces_concerns_all_of_them() -> None:
    assert await recalled(Rows(examined()), av_sync="2") == {METADATA}
    assert await recalled(Rows(examined()), metadata="2") == ALL - {METADATA}


async def test_a_service_that_cannot_be_asked_is_not_trusted_to_be_the_same() -> None:
    assert await recalled(Rows(examined()), metadata="") == ALL - {METADATA}


async def test_one_test_that_came_too_late_keeps_its_whole_set_away() -> None:
    assert await recalled(Rows(examined(), silent=["lip_sync"])) == {METADATA}


async def test_evidence_that_is_damaged_is_made_anew() -> None:
    assert await recalled(Rows(examined(), damaged=True)) == set()


async def test_an_attempt_that_has_begun_a_set_goes_on_with_it() -> None:
    notes = NoNotes()
    notes.parts = {TEMPORAL: resources_pb2.Analysis()}
    assert await recalled(Rows(examined()), notes) == {METADATA}
    notes = NoNotes()
    notes.faces = image_service_pb2.FaceTracks()
    assert await recalled(Rows(examined()), notes) == {METADATA}


async def test_what_depends_on_the_day_holds_for_a_day() -> None:
    old = examined()
    for each in old.origins:
        each.complete_time.CopyFrom(to_timestamp(CLOCK.now() - timedelta(days=1, seconds=1)))
    assert await recalled(Rows(old)) == ALL - {METADATA}


async def test_notes_of_the_analysis_itself_count_more_than_what_is_taken_over() -> None:
    own, others = resources_pb2.Analysis(name="own"), resources_pb2.Analysis(name="others")
    notes = NoNotes()
    notes.parts = {IMAGE: own}
    assert WithRecalled(notes, {IMAGE: others, METADATA: others}).parts == {IMAGE: own, METADATA: others}
