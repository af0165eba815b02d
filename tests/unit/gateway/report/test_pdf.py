from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pypdfium2
import pytest

from gateway.report.document import Facts, Section, Text
from gateway.report.pdf import pdf_file
from gateway.report.pictures import Pictures, look
from gateway.report.writing import write
from kit.media.file import MediaFile
from telltale.report.v1 import report_pb2
from tests.support.fake_eye import FakeEye
from tests.support.reports import a_report, a_sound_report, a_video_report

A4_PT = (595, 842)


def pdf_of(report: report_pb2.Report) -> bytes:
    with MediaFile.from_bytes(b"anything") as media:
        return pdf_file(write(report, b"record", "k" * 16, look(FakeEye(), media, report)))


def pages(pdf: bytes) -> list[str]:
    """The text of every page; all pages are A4."""
    document = pypdfium2.PdfDocument(pdf)
    texts = []
    for page in document:
        assert tuple(map(round, page.get_size())) == A4_PT
        text = page.get_textpage()
        texts.append(text.get_text_bounded())
        text.close()
        page.close()
    document.close()
    return texts


@pytest.mark.parametrize("make", [a_report, a_video_report, a_sound_report])
def test_every_page_has_its_number_and_the_digest(make: Callable[[], report_pb2.Report]) -> None:
    report = make()
    texts = pages(pdf_of(report))
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {len(texts)}" in text
        assert report.analysis.info.sha256[:32] in text


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_document_names_its_language(language: str) -> None:
    pdf = pdf_of(a_report(language=language))
    assert f"/Lang ({language})".encode() in pdf
    text = pages(pdf)[0]
    assert ("Seite 1 von" in text, "Page 1 of" in text) == (language == "de", language == "en")


def test_the_same_things_are_said_as_on_the_page() -> None:
    report = a_report()
    text = " ".join(" ".join(pages(pdf_of(report))).split())
    for heading in (
        "The answer",
        "Why",
        "Pictures",
        "What was not examined, or gave no answer",
        "Chain of custody",
        "Models",
    ):
        assert heading in text
    assert report.analysis.verdict.explanation[0].text[:40] in text


@pytest.mark.parametrize(
    "name", ["Фото.jpg", "日本語の写真.jpg", "صورة.jpg", "תמונה.jpg", "👍🏽.jpg", "<b>&amp;</b>.jpg", "a" * 200, "​", ""]
)
def test_no_name_breaks_the_writer(name: str) -> None:
    assert len(pages(pdf_of(a_report(name=name)))) >= 2


def test_letters_of_other_scripts_are_really_there() -> None:
    first = pages(pdf_of(a_report(name="Фото.jpg")))[0]
    assert "Фото.jpg" in first


def test_signs_that_the_type_lacks_are_squares() -> None:
    assert "□□□.jpg" in pages(pdf_of(a_report(name="日本語.jpg")))[0]


@pytest.mark.parametrize("lines", range(30, 46, 3))
def test_a_heading_is_on_the_page_of_its_facts(lines: int) -> None:
    filler = Section("Before", [Text(f"Line {number}") for number in range(lines)])
    facts = Section("Heading of facts", [Facts([(f"Name {number}", "value") for number in range(8)])])
    document = replace(write(a_report(), b"record", "k" * 16, Pictures()), sections=(filler, facts))
    [page] = [text for text in pages(pdf_file(document)) if "Heading of facts" in text]
    assert "Name 7" in page


def test_long_tables_break_over_pages_with_their_head() -> None:
    report = a_report()
    for number in range(80):
        report.analysis.metadata.tags.add(group="EXIF", name=f"Tag {number}", value="long value " * 30)
    texts = pages(pdf_of(report))
    assert sum("Where Name Value" in " ".join(text.split()) for text in texts) >= 3


def test_files_written_at_once_do_not_mix() -> None:
    alone = [pdf_of(a_report()), pdf_of(a_video_report())]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda number: pdf_of(a_video_report() if number % 2 else a_report()), range(8)))
    assert together == alone * 4


def test_equal_documents_are_equal_bytes_and_dated_by_the_analysis() -> None:
    pdf = pdf_of(a_video_report())
    assert pdf == pdf_of(a_video_report())
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("CreationDate") == "D:20270115080003Z"
    document.close()
