from __future__ import annotations

import io

from rich.console import Console

from cli.display import show
from cli.output import Outcome
from kit.errors import EmptyMedia
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.analyses import analysis, sound_analysis, video_analysis
from tests.support.fake_av_sync import a_curve


def shown(file: str, outcome: Outcome) -> str:
    out = io.StringIO()
    show(Console(file=out, width=200, highlight=False), file, outcome)
    return out.getvalue()


def test_a_person_reads_label_risk_why_and_what_was_not_examined() -> None:
    lines = shown("a.jpg", analysis(verdict_pb2.LABEL_MANIPULATED)).splitlines()
    assert [line.rstrip() for line in lines] == [
        "a.jpg: MANIPULATED  risk 81.8 of 100, 90% sure",
        "  · It was changed.",
        "  ▲ Its spectrum has peaks.",
        "  · Not examined: faces.",
    ]


def test_what_was_taken_over_is_shown_with_its_age_and_the_way_to_a_fresh_look() -> None:
    judged = analysis(verdict_pb2.LABEL_MANIPULATED)
    for detector, seconds in (("metadata", 1_800_000_000), ("image", 1_800_086_400)):
        taken = judged.origins.add(detector=detector, recalled_from="analyses/b")
        taken.complete_time.FromSeconds(seconds)
    *_, last = shown("a.jpg", judged).splitlines()
    told = "Taken over from an earlier analysis of 2027-01-15 08:00 UTC: image, metadata. Look anew with --fresh."
    assert last.strip() == f"· {told}"


def test_a_video_is_shown_with_its_suspicious_stretches_worst_first() -> None:
    lines = [line.strip() for line in shown("a.mp4", video_analysis()).splitlines()]
    assert lines[1:3] == ["person 1  0:01.2-0:03.4  risk 93", "the video  1:02.5-1:04.0  risk 71"]


def test_a_recording_is_shown_with_the_stretches_of_its_voice() -> None:
    lines = [line.strip() for line in shown("a.wav", sound_analysis()).splitlines()]
    assert lines[1] == "the voice  0:03.2-0:05.8  risk 93"


def test_a_talking_person_is_shown_with_the_offset_of_the_lips() -> None:
    judged = sound_analysis(media_pb2.MEDIA_KIND_VIDEO)
    judged.lip_sync.append(a_curve())
    lines = [line.strip() for line in shown("a.mp4", judged).splitlines()]
    assert lines[1:3] == [
        "the voice  0:03.2-0:05.8  risk 93",
        "person 1  sound 120 ms behind the lips  clarity 75%",
    ]


def test_without_confidence_nothing_is_said_of_being_sure() -> None:
    assert "sure" not in shown("a.jpg", analysis(verdict_pb2.LABEL_INCONCLUSIVE, confidence=None))


def test_an_error_is_its_reason_and_sentence() -> None:
    assert shown("a.jpg", EmptyMedia("no bytes")) == "a.jpg: EMPTY_MEDIA no bytes\n"


def test_a_file_name_is_never_markup() -> None:
    assert shown("[red]a[/red].jpg", EmptyMedia("no bytes")).startswith("[red]a[/red].jpg:")


def test_a_file_name_and_a_sentence_command_no_terminal() -> None:
    judged = analysis(verdict_pb2.LABEL_MANIPULATED)
    judged.verdict.explanation[0].text = "made by \x1b]0;nobody"
    assert "\x1b" not in shown("a\x1b[2J.jpg", judged)
    assert shown("a\x1b.jpg", EmptyMedia("of a\x1b.jpg")) == "a�.jpg: EMPTY_MEDIA of a�.jpg\n"
