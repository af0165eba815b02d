"""Two analyses side by side."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import canned, canned_pages
from tests.browser.canned_pages import MEDIA, OTHER
from tests.browser.pictures import photo
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations, overflow_px

ADDRESS = f"#/compare/{canned.NAME.removeprefix('analyses/')}/{OTHER.removeprefix('analyses/')}"


@pytest.fixture(autouse=True)
def has_two(web: Web) -> None:
    web.answers["GET", f"/v1/{canned.NAME}"] = Answer([canned.to_json(canned_pages.stored())])
    web.answers["GET", f"/v1/{OTHER}"] = Answer([canned.to_json(canned_pages.other())])
    web.answers["GET", f"/v1/{MEDIA}:download"] = Answer([photo()], content_type="image/jpeg")


def visit(page: Page, web: Web) -> None:
    page.goto(f"{web.url}/{ADDRESS}")
    expect(page.locator(".pair")).to_be_visible()


def test_both_verdicts_stand_side_by_side_with_their_media(page: Page, web: Web, camera: Camera) -> None:
    visit(page, web)
    a, b = page.get_by_role("article").all()
    expect(a).to_contain_text("Manipulated")
    expect(a).to_contain_text("98.0 of 100")
    expect(b).to_contain_text("Authentic")
    expect(page.get_by_role("img", name="The photo of A")).to_be_visible()
    expect(b).to_contain_text("the server did not keep it")
    expect(page.locator("#announcer")).to_have_text("A: Manipulated, risk 98.0 of 100. B: Authentic, risk 1.2 of 100.")
    camera.take(page, "compare")


def test_each_signal_has_both_opinions_and_the_change(page: Page, web: Web) -> None:
    visit(page, web)
    rows = page.get_by_role("table").first.get_by_role("row")
    face = rows.filter(has_text="Learned face test").get_by_role("cell")
    expect(face).to_have_text(["+3.1", "−2.6", "−5.7: B looks less manipulated"])
    noise = rows.filter(has_text="Noise pattern").get_by_role("cell")
    expect(noise).to_have_text(["+1.4", "No opinion: picture is too small", "Only A has it"])
    expect(rows.filter(has_text="JPEG encoding")).to_contain_text("much alike")


def test_different_files_and_models_are_named(page: Page, web: Web) -> None:
    visit(page, web)
    expect(page.locator("#compare-body")).to_contain_text("Two different files.")
    table = page.get_by_role("region", name="Files and models").get_by_role("table")
    expect(table.get_by_role("row").filter(has_text="Model face_spatial")).to_contain_text("differs")
    expect(table.get_by_role("row").filter(has_text="Model fusion")).to_contain_text("same")


def test_the_same_file_judged_twice_is_recognised(page: Page, web: Web) -> None:
    again = canned_pages.other()
    again.info.sha256 = canned.SHA256
    web.answers["GET", f"/v1/{OTHER}"] = Answer([canned.to_json(again)])
    visit(page, web)
    expect(page.locator("#compare-body")).to_contain_text("The same file was judged twice")


def test_an_analysis_that_is_gone_is_told(page: Page, web: Web) -> None:
    del web.answers["GET", f"/v1/{OTHER}"]
    page.goto(f"{web.url}/{ADDRESS}")
    expect(page.locator("#problem h1")).to_contain_text(f"There is no /v1/{OTHER}")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_leaving_while_the_file_is_refused_raises_no_error(page: Page, web: Web) -> None:
    rest = Event()
    web.answers["GET", f"/v1/{MEDIA}:download"] = Answer([b"{", b"}"], 404, gates=[rest])
    visit(page, web)
    expect(page.locator("#compare-body")).to_contain_text("Fetching the photo")
    page.get_by_role("link", name="Settings").click()
    expect(page.locator("#settings")).to_be_visible()
    rest.set()


@pytest.mark.parametrize(("scheme", "width_px"), [("light", 360), ("dark", 1280)])
def test_the_comparison_fits_and_is_readable(
    browser: Browser, web: Web, camera: Camera, scheme: Any, width_px: int
) -> None:
    long = canned_pages.stored()
    long.display_name = "z" * 180
    web.answers["GET", f"/v1/{canned.NAME}"] = Answer([canned.to_json(long)])
    context = browser.new_context(viewport={"width": width_px, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    visit(page, web)
    expect(page.get_by_role("img", name="The photo of A")).to_be_visible()
    assert overflow_px(page) == 0
    assert grave_accessibility_violations(page) == []
    camera.take(page, f"compare-{scheme}-{width_px}")
    context.close()
