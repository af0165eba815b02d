from __future__ import annotations

from html.parser import HTMLParser

import pytest

from gateway.report.html import html_page
from gateway.report.pictures import look
from gateway.report.writing import write
from kit.media.file import MediaFile
from telltale.report.v1 import report_pb2
from tests.support.fake_eye import FakeEye
from tests.support.reports import a_report, a_sound_report, a_video_report

EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'"


class Page(HTMLParser):
    """Collects the tags of a page, their addresses and what it says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(report: report_pb2.Report) -> bytes:
    with MediaFile.from_bytes(b"anything") as media:
        return html_page(write(report, b"record", "k" * 16, look(FakeEye(), media, report)))


@pytest.mark.parametrize("make", [a_report, a_video_report, a_sound_report])
def test_a_page_needs_nothing_but_itself(make: object) -> None:
    page = Page(page_of(make()).decode())  # type: ignore[operator]  # a function
    assert not {"script", "link", "iframe", "object", "form", "a"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    addresses = [value for name, value in page.attributes if name in {"src", "href"}]
    assert all(value is not None and value.startswith("data:image/") for value in addresses)


def test_a_strangers_text_is_text() -> None:
    report = a_report(name=EVIL)
    report.analysis.metadata.tags.add(group="EXIF", name=EVIL, value=EVIL)
    page = Page(page_of(report).decode())
    assert "script" not in page.tags
    assert page.text.count(EVIL) >= 4


def test_pictures_are_in_the_page() -> None:
    page = page_of(a_video_report())
    assert page.count(b'src="data:image/jpeg;base64,') >= 3


def test_equal_documents_are_equal_bytes() -> None:
    assert page_of(a_video_report()) == page_of(a_video_report())


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_names_its_language(language: str) -> None:
    page = page_of(a_report(language=language)).decode()
    assert f'<html lang="{language}">' in page
    assert ("Telltale-Bericht" in page) == (language == "de")
