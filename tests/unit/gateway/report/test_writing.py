from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

import pytest

from gateway.report.document import Bullets, Command, Document, Facts, Headline, Section, Subheading, Text
from gateway.report.pictures import Pictures, without
from gateway.report.writing import write
from telltale.fusion.v1 import verdict_pb2
from telltale.metadata.v1 import facts_pb2
from telltale.model.v1 import card_pb2
from telltale.report.v1 import report_pb2
from tests.support.reports import a_report, a_sound_report, a_video_report

KEY = "0123456789abcdef"
SAME_IN_BOTH = {
    "Codec",
    "Format",
    "Handler",
    "Index",
    "Name",
    "Person 1",
    "Person 2",
    "SHA-256",
    "Telltale",
    "Test",
    "Tests",
}
# Digests, colours, moments, versions, names of files; then what drawings and paragraphs call their looks.
NO_LANGUAGE = re.compile(
    r"#.*|.*[0-9a-f]{16}.*|.* UTC|.* px|.*\d\.\d\.\d|.*\.\w{3}|[^a-zA-Z]*|inconclusive|start|middle|end|plain|small|note"
)


def written(report: report_pb2.Report, pictures: Pictures | None = None) -> Document:
    return write(report, b"record", KEY, pictures or without("There are none."))


def section(document: Document, heading: str) -> Section:
    return next(each for each in document.sections if each.heading == heading)


def headings(report: report_pb2.Report) -> set[str]:
    return {each.heading for each in written(report).sections}


def test_the_answer_comes_first_and_how_to_check_it_last() -> None:
    document = written(a_report())
    assert [document.sections[0].heading, document.sections[-1].heading] == ["The answer", "How to check this report"]
    assert isinstance(document.sections[0].blocks[0], Headline)


def test_the_answer_says_what_it_means_what_to_do_and_how_often_it_is_wrong() -> None:
    report = a_report()
    blocks = section(written(report), "The answer").blocks
    headings = [block.text for block in blocks if isinstance(block, Subheading)]
    assert headings == ["What to do next", "How often this is wrong"]
    assert any(isinstance(block, Bullets) and block.items for block in blocks)
    assert any(isinstance(block, Facts) and "photos with a risk of" in block.rows[0][1] for block in blocks)


@pytest.mark.parametrize(
    ("make", "more"),
    [(a_report, set()), (a_video_report, {"Over time"}), (a_sound_report, {"Over time", "Sound"})],
)
def test_each_kind_has_its_sections(make: Callable[[], report_pb2.Report], more: set[str]) -> None:
    always = {
        "The answer",
        "Why",
        "What was not examined, or gave no answer",
        "The file",
        "Chain of custody",
        "Models",
        "Pictures",
    }
    found = headings(make())
    assert always | more <= found
    assert {"Over time", "Sound"} & found == more


@pytest.mark.parametrize(
    ("language", "heading", "told"),
    [
        (
            "en",
            "Chain of custody",
            "Taken over: what was found 2027-01-15 08:00:00 UTC for analyses/x (image, metadata).",
        ),
        (
            "de",
            "Verwahrkette",
            "Übernommen: was am 2027-01-15 08:00:00 UTC für analyses/x gefunden wurde (image, metadata).",
        ),
    ],
)
def test_what_was_taken_over_is_told_in_one_line(language: str, heading: str, told: str) -> None:
    report = a_report(language=language)
    for detector in ("metadata", "image"):
        origin = report.analysis.origins.add(detector=detector, recalled_from="analyses/x")
        origin.complete_time.FromSeconds(1_800_000_000)
    last = section(written(report), heading).blocks[-1]
    assert isinstance(last, Text)
    assert last.text == told


def test_why_there_are_no_pictures_is_said() -> None:
    [block] = section(written(a_report(), without("It has expired.")), "Pictures").blocks
    assert isinstance(block, Text)
    assert block.text == "It has expired."


def test_the_command_to_check_names_the_key_and_the_digest_of_the_record() -> None:
    blocks = section(written(a_report()), "How to check this report").blocks
    assert any(isinstance(block, Command) and block.text.endswith(f"--key {KEY}") for block in blocks)
    [facts] = [block for block in blocks if isinstance(block, Facts)]
    assert dict(facts.rows)["SHA-256 of the JSON report"] == written(a_report()).record_sha256


def test_an_inconclusive_verdict_claims_no_probability() -> None:
    report = a_report()
    report.analysis.verdict.label = verdict_pb2.LABEL_INCONCLUSIVE
    report.analysis.verdict.ClearField("confidence")
    headline = written(report).sections[0].blocks[0]
    assert isinstance(headline, Headline)
    assert dict(headline.figures)["Estimated chance that this label is right"] == "no claim is made"


def test_the_answer_speaks_of_risk_and_not_of_log_odds() -> None:
    for block in section(written(a_report()), "The answer").blocks:
        assert "log-odds" not in str(block).lower()


@pytest.mark.parametrize(
    ("name", "threshold", "rows"),
    [
        (
            "image_suspicious",
            2.944,
            {
                "The next label up": "suspicious: photos with a risk of 95.0 of 100 or more",
                "Authentic photos that got it": "4 of 200 (2.0%); with 95% confidence at most 5.0%",
                "Manipulated photos that got it": "120 of 400 (30.0%)",
            },
        ),
        (
            "image_authentic",
            -0.8473,
            {
                "This label": "authentic: photos with a risk of 30.0 of 100 or less",
                "Authentic photos that got it": "196 of 200 (98.0%)",
                "Manipulated photos that got it": "280 of 400 (70.0%)",
            },
        ),
    ],
)
def test_rates_are_told_as_how_many_got_a_label(name: str, threshold: float, rows: dict[str, str]) -> None:
    report = a_report()
    verdict = report.analysis.verdict
    verdict.label = verdict_pb2.LABEL_AUTHENTIC if "authentic" in name else verdict_pb2.LABEL_INCONCLUSIVE
    point = card_pb2.OperatingPoint(name=name, threshold=threshold, authentic_items=200, manipulated_items=400)
    point.false_positive_rate, point.false_positive_rate_upper, point.true_positive_rate = 0.02, 0.05, 0.3
    verdict.operating_point.CopyFrom(point)
    [facts] = [block for block in section(written(report), "The answer").blocks if isinstance(block, Facts)]
    assert {name: value for name, value in facts.rows if name != "Measured on"} == rows


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_that_a_test_does_not_count_is_explained_where_one_does_not(weight: float) -> None:
    report = a_report()
    report.analysis.verdict.contributions[0].weight = weight
    texts = [block.text for block in section(written(report), "Why").blocks if isinstance(block, Text)]
    assert any("does not count" in text for text in texts) == (weight == 0)


def test_facts_of_a_stranger_are_shown_cleaned() -> None:
    report = a_report(name="evil\u202egnp.exe")
    report.analysis.metadata.software.add(kind=facts_pb2.SOFTWARE_KIND_EDITOR, name="Tool\x00", location="EXIF")
    assert "\u202e" not in str(written(report))
    assert "\x00" not in str(written(report))


def test_the_same_record_gives_the_same_document() -> None:
    assert written(a_video_report()) == written(a_video_report())


@pytest.mark.parametrize("make", [a_report, a_video_report, a_sound_report])
def test_a_german_report_has_no_english_heading_and_no_english_sentence_of_ours(
    make: Callable[..., report_pb2.Report],
) -> None:
    english, german = (said(written(with_facts(make(language=tag)), without(""))) for tag in ("en", "de"))
    assert english & german <= SAME_IN_BOTH


def test_a_german_report_names_its_language_and_writes_numbers_with_a_comma() -> None:
    document = written(a_report(language="de"))
    assert (document.language, document.sections[0].heading) == ("de", "Das Ergebnis")
    headline = document.sections[0].blocks[0]
    assert isinstance(headline, Headline)
    assert re.fullmatch(r"\d+,\d von 100", headline.figures[0][1])


def test_the_record_of_a_german_report_holds_its_limits_in_english_and_the_document_retells_them() -> None:
    report = a_report(language="de")
    [bullets] = section(written(report), "Was dieser Bericht nicht sagt").blocks
    assert isinstance(bullets, Bullets)
    assert report.limits[0].startswith("This report states measurements")
    assert bullets.items[0][1].startswith("Dieser Bericht nennt Messungen")


def with_facts(report: report_pb2.Report) -> report_pb2.Report:
    """The same with something of every kind read from the file."""
    facts = report.analysis.metadata
    facts.origin = facts_pb2.FILE_ORIGIN_EDITED
    facts.software.add(kind=facts_pb2.SOFTWARE_KIND_EDITOR, name="0", location="0")
    facts.provenance.integrity, facts.provenance.issuer = facts_pb2.PROVENANCE_INTEGRITY_INTACT, "0"
    facts.jpeg.quality_estimate, facts.jpeg.encoder = 90, "0"
    facts.jpeg_history.first_quality, facts.thumbnail.width_px = 70, 9
    facts.container.format, facts.container.index_last = "0", True
    facts.container.tracks.add(kind="0")
    facts.container.observations.add(code="0")
    facts.conflicts.add(code="0")
    facts.tags.add(group="0", name="0", value="0")
    return report


def said(document: Document) -> set[str]:
    """Every text of a document that is in a language, drawings included."""
    return {text for text in _strings(document) if not NO_LANGUAGE.fullmatch(text)}


def _strings(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple | list | frozenset):
        for each in part:
            yield from _strings(each)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _strings(getattr(part, field.name))
