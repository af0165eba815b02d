from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from kit.errors import UndecodableMedia
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.serving.bundle import Bundle
from kit.serving.desk import Caller, Desk, if_evidence
from kit.serving.lanes import Lanes
from kit.serving.networks import Networks
from kit.serving.shadow import Opinion, Shadow, opinions_of
from kit.telemetry import exposition
from telltale.common.v1 import evidence_pb2, media_pb2
from tests.support.serving import lanes_of


def a_finding(cue: str, ratio: float) -> evidence_pb2.Evidence:
    return evidence_pb2.Evidence(cue=cue, finding=evidence_pb2.Finding(log_likelihood_ratio=ratio))


def an_abstention(cue: str) -> evidence_pb2.Evidence:
    reason = evidence_pb2.ABSTENTION_REASON_NO_FACE
    return evidence_pb2.Evidence(cue=cue, abstention=evidence_pb2.Abstention(reason=reason))


class FakeDetector:
    """Gives canned evidence about any medium; waits, or fails, when a test says so."""

    basis = "b"
    models = ()

    def __init__(self, *evidence: evidence_pb2.Evidence, error: Exception | None = None) -> None:
        self.evidence = evidence
        self.error = error
        self.saw: list[bytes] = []
        self.at_work, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def warm_up(self) -> None:
        raise AssertionError("nobody asks for this here")

    def analyze(self, media: MediaFile, cancel: CancelToken) -> Iterator[object]:
        self.saw.append(media.read())
        self.at_work.set()
        self.go_on.wait()
        cancel.raise_if_cancelled()
        yield media_pb2.Progress(done_share=0.5)
        if self.error:
            raise self.error
        yield from self.evidence


def looked(detector: FakeDetector, media: MediaFile, cancel: CancelToken) -> Iterator[object]:
    return detector.analyze(media, cancel)


@contextmanager
def listening(
    main: FakeDetector, quiet: FakeDetector
) -> Iterator[tuple[Callable[[bytes], list[object]], Lanes[FakeDetector]]]:
    """How to ask main, while a shadow hears it; at the end the shadow has done what it had to do."""
    lanes = lanes_of(main)
    lanes.put("quiet", Bundle(quiet, Networks()), shadow=True)
    shadow = Shadow(lanes)
    shadow.start()

    def ask(data: bytes) -> list[object]:
        with MediaFile.from_bytes(data) as media:
            caller = Caller("main", CancelToken())
            return list(Desk(lanes, shadow).about_medium(caller, media, looked, if_evidence))

    try:
        yield ask, lanes
    finally:
        shadow.close()


def compared(log: list[structlog.typing.EventDict]) -> list[structlog.typing.EventDict]:
    return [line for line in log if line["event"] == "shadow compared"]


def test_a_shadow_hears_what_main_was_asked_and_main_alone_answers() -> None:
    main, quiet = FakeDetector(a_finding("face", 1.0)), FakeDetector(a_finding("face", 9.0))
    with listening(main, quiet) as (ask, _):
        answer = ask(b"photo")
        quiet.at_work.wait()
    assert answer[1:] == [a_finding("face", 1.0)]
    assert quiet.saw == [b"photo"]


def test_opinions_are_compared_by_test() -> None:
    main = FakeDetector(a_finding("face", 1.0), a_finding("noise", 2.0), a_finding("gone", 0.0))
    quiet = FakeDetector(a_finding("face", 1.5), an_abstention("noise"))
    with capture_logs() as log, listening(main, quiet) as (ask, _):
        ask(b"photo")
        while not compared(log):
            pass
    [line] = compared(log)
    assert line["cues"] == {
        "face": {"main": "finding", "shadow": "finding", "difference": 0.5},
        "gone": {"main": "finding", "shadow": None},
        "noise": {"main": "finding", "shadow": "ABSTENTION_REASON_NO_FACE"},
    }
    assert 'telltale_shadow_compared_total{cue="noise",same="false"}' in exposition()
    assert 'telltale_shadow_difference_log_odds_bucket{cue="face",le="1.0"}' in exposition()


def test_one_question_is_at_work_and_one_waits_the_others_are_dropped() -> None:
    main, quiet = FakeDetector(a_finding("face", 1.0)), FakeDetector(a_finding("face", 1.0))
    quiet.go_on.clear()
    with listening(main, quiet) as (ask, _):
        ask(b"first")
        quiet.at_work.wait()
        for data in (b"second", b"third", b"fourth"):
            ask(data)
        quiet.at_work.clear()
        quiet.go_on.set()
        quiet.at_work.wait()
    assert quiet.saw == [b"first", b"second"]


class UntilCancelled(FakeDetector):
    """Works until it is told to stop."""

    def analyze(self, media: MediaFile, cancel: CancelToken) -> Iterator[object]:
        self.go_on.clear()
        cancel.on_cancel(self.go_on.set)
        return super().analyze(media, cancel)


def test_at_the_end_what_is_at_work_is_cancelled_and_what_waits_is_not_asked() -> None:
    main, quiet = FakeDetector(), UntilCancelled()
    with listening(main, quiet) as (ask, _):
        ask(b"first")
        quiet.at_work.wait()
        ask(b"second")
    assert quiet.saw == [b"first"]


def test_an_error_of_a_shadow_stays_there() -> None:
    main, quiet = FakeDetector(a_finding("face", 1.0)), FakeDetector(error=ZeroDivisionError())
    with capture_logs() as log, listening(main, quiet) as (ask, _):
        ask(b"first")
        quiet.at_work.wait()
        while not any(line["event"] == "the shadow failed" for line in log):
            pass
        assert ask(b"second")[1:] == [a_finding("face", 1.0)]
    assert compared(log) == []


def test_what_main_refused_no_shadow_hears() -> None:
    main, quiet = FakeDetector(error=UndecodableMedia("no picture")), FakeDetector()
    with listening(main, quiet) as (ask, _), pytest.raises(UndecodableMedia):
        ask(b"photo")
    assert quiet.saw == []


def test_nothing_of_a_medium_is_kept_when_its_question_was_asked() -> None:
    main, quiet = FakeDetector(), FakeDetector()
    before = open_media()
    with listening(main, quiet) as (ask, _):
        quiet.go_on.clear()
        ask(b"first")
        quiet.at_work.wait()
        ask(b"second")
        assert open_media() == before + 2
        quiet.go_on.set()
    assert open_media() == before


def open_media() -> int:
    """Memory files of media that this process holds."""
    links = [path for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return sum("memfd:medium" in str(link.readlink()) for link in links)


def test_a_lane_that_is_dropped_hears_no_more() -> None:
    main, quiet = FakeDetector(), FakeDetector()
    with listening(main, quiet) as (ask, lanes):
        lanes.drop("quiet")
        ask(b"photo")
    assert quiet.saw == []


def test_an_opinion_is_a_finding_with_its_ratio_or_the_reason_of_an_abstention() -> None:
    said = opinions_of([a_finding("face", 1.0), an_abstention("noise")])
    assert said == {"face": Opinion("finding", 1.0), "noise": Opinion("ABSTENTION_REASON_NO_FACE")}
