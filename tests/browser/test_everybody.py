"""By keyboard alone, in dark and light, on a phone, on paper."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned, canned_pages
from tests.browser.conftest import judge_as
from tests.browser.pictures import photo
from tests.browser.steps import hand_in_and_wait
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations, overflow_px


def test_a_reader_with_only_a_keyboard_gets_from_file_to_report_and_back(page: Page) -> None:
    tab_to(page, "file")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(page.locator("#verdict-title")).to_be_focused()
    tab_to(page, "report")
    with page.expect_download():
        page.keyboard.press("Enter")
    tab_to(page, "another")
    page.keyboard.press("Enter")
    expect(page.locator("#file")).to_be_focused()


def test_focus_can_be_seen_on_the_drop_area(page: Page) -> None:
    tab_to(page, "file")
    expect(page.locator("#drop")).to_have_css("outline-style", "solid")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [360, 768, 1280])
def test_start_and_verdict_fit_and_are_readable(
    browser: Browser, web: Web, camera: Camera, scheme: Any, width_px: int
) -> None:
    web.answers["GET", "/v1/analyses"] = Answer(
        [canned.listing(canned.analysis(verdict_pb2.LABEL_AUTHENTIC, display_name="x" * 180))]
    )
    judge_as(web, verdict_pb2.LABEL_SUSPICIOUS, display_name="y" * 180)
    context = browser.new_context(
        viewport={"width": width_px, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(web.url)
    expect(page.locator("#recent")).to_be_visible()
    for state in ("start", "verdict"):
        if state == "verdict":
            hand_in_and_wait(page)
        assert overflow_px(page) == 0
        assert grave_accessibility_violations(page) == []
        camera.take(page, f"{state}-{scheme}-{width_px}")
    context.close()


def test_a_reader_with_only_a_keyboard_compares_two_and_shares_one(page: Page, web: Web) -> None:
    web.answers["GET", "/v1/analyses"] = Answer([canned_pages.page_of([canned_pages.stored(), canned_pages.other()])])
    web.answers["GET", f"/v1/{canned.NAME}"] = Answer([canned.to_json(canned_pages.stored())])
    web.answers["GET", f"/v1/{canned_pages.OTHER}"] = Answer([canned.to_json(canned_pages.other())])
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#history-title")).to_be_focused()
    for _ in range(2):
        tab_to_kind(page, "#history-list input:not(:checked)")
        page.keyboard.press("Space")
    tab_to(page, "compare-chosen")
    page.keyboard.press("Enter")
    expect(page.locator("#compare-title")).to_be_focused()
    tab_to_kind(page, ".side a")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict-title")).to_be_focused()
    tab_to(page, "share")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Share by link")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#share")).to_be_focused()


def test_paper_shows_the_answer_without_controls(page: Page, camera: Camera) -> None:
    hand_in_and_wait(page)
    page.emulate_media(media="print")
    expect(page.locator("#verdict")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    camera.take(page, "paper")


def tab_to(page: Page, element_id: str) -> None:
    """Presses Tab until the element has the focus; fails after going round the page."""
    tab_to_kind(page, f"#{element_id}")


def tab_to_kind(page: Page, selector: str) -> None:
    """Presses Tab until such an element has the focus; fails after going round the page."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no number of Tab presses reached {selector}")
