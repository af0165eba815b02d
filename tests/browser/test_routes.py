"""What the address names is what is shown."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned, canned_pages
from tests.browser.steps import hand_in, hand_in_and_wait
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations, overflow_px

PAGES = {
    "Judge": ("#/", "Was this photo, video or recording manipulated?", "Telltale"),
    "History": ("#/history", "History", "History – Telltale"),
    "How often wrong": (
        "#/how-often-wrong",
        "How this works, and how often it is wrong",
        "How often it is wrong – Telltale",
    ),
    "Settings": ("#/settings", "Settings", "Settings – Telltale"),
}


@pytest.fixture(autouse=True)
def is_measured(web: Web) -> None:
    web.assets["accuracy.json"] = canned_pages.accuracy()


def test_the_menu_leads_to_every_page_and_back_by_history(page: Page) -> None:
    for link, (address, heading, title) in [*PAGES.items(), ("Judge", PAGES["Judge"])]:
        page.get_by_role("navigation").get_by_role("link", name=link).click()
        assert page.url.endswith(address)
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_focused()
        expect(page).to_have_title(title)
    page.go_back()
    expect(page.locator("#settings")).to_be_visible()
    page.go_forward()
    expect(page.locator("#start")).to_be_visible()


def test_an_address_that_leads_nowhere_says_so(page: Page, web: Web) -> None:
    page.goto(f"{web.url}/#/analyses/<img>/x")
    expect(page.locator("#problem h1")).to_have_text("This address leads nowhere.")
    page.get_by_role("button", name="Judge another file").click()
    expect(page.locator("#start")).to_be_visible()


def test_the_skip_link_leaves_the_address_alone(page: Page, web: Web) -> None:
    page.goto(f"{web.url}/#/settings")
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.url.endswith("#/settings")


def test_leaving_while_a_file_is_judged_shows_no_verdict_later(page: Page, web: Web) -> None:
    late = Event()
    finished = canned.to_json(canned.analysis(verdict_pb2.LABEL_AUTHENTIC))
    web.answers["POST", "/v1/media:analyze"] = Answer([canned.to_json(canned.running(0)), finished], gates=[late])
    hand_in(page)
    expect(page.locator("#busy-step")).to_contain_text("0 of 2")
    page.get_by_role("link", name="Settings").click()
    late.set()
    page.wait_for_timeout(50)
    expect(page.locator("#settings")).to_be_visible()
    expect(page.locator("#result")).to_be_hidden()


def test_the_answer_has_its_own_address_and_title(page: Page) -> None:
    hand_in_and_wait(page)
    assert page.url.endswith(f"#/{canned.NAME}")
    expect(page).to_have_title("Manipulated: portrait.jpg – Telltale")
    page.get_by_role("link", name="History").click()
    page.go_back()
    expect(page.get_by_role("img", name="The photo handed in")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width_px"), [("light", 360), ("dark", 1280)])
def test_every_page_fits_and_is_readable(
    browser: Browser, web: Web, camera: Camera, scheme: Any, width_px: int
) -> None:
    web.answers["GET", "/v1/analyses"] = Answer([canned_pages.page_of(canned_pages.many(), "more")])
    context = browser.new_context(viewport={"width": width_px, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    for ready, (address, _, _) in zip((".recent-item", ".entry", "circle", "select"), PAGES.values(), strict=True):
        page.goto(f"{web.url}/{address}")
        expect(page.locator(f"main {ready}:visible").first).to_be_visible()
        assert overflow_px(page) == 0
        assert grave_accessibility_violations(page) == []
        camera.take(page, f"page-{address[2:] or 'start'}-{scheme}-{width_px}")
    context.close()
