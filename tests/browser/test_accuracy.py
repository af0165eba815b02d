"""How often it is wrong, from the measurements that ship with the page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import canned_pages
from tests.browser.web_server import Web
from tests.support.browser import Camera


def visit(page: Page, web: Web, measurements: bytes | None) -> None:
    web.assets["accuracy.json"] = measurements
    page.get_by_role("link", name="How often wrong").click()
    expect(page.locator("#accuracy-measured")).not_to_be_empty()


def test_the_rates_are_said_in_sentences(page: Page, web: Web, camera: Camera) -> None:
    visit(page, web, canned_pages.accuracy())
    headline = page.locator(".headline li")
    expect(headline.nth(0)).to_have_text("3.0% of 1700 genuine files are wrongly called suspicious or manipulated.")
    expect(headline.nth(1)).to_have_text("7.0% of 2160 manipulated files are wrongly called authentic.")
    expect(headline.nth(3)).to_have_text("27% of all files get no verdict: inconclusive.")
    expect(page.locator("#accuracy-measured")).to_contain_text("fusion model 6.0.0 on 2026-11-23")
    camera.take(page, "how-often-wrong")


def test_each_kind_has_its_own_numbers(page: Page, web: Web) -> None:
    visit(page, web, canned_pages.accuracy())
    page.get_by_label("Videos").check()
    expect(page.locator(".headline")).to_contain_text("of 300 genuine files")
    manipulated = page.get_by_role("row").filter(has_text="Manipulated").last
    expect(manipulated).to_contain_text("1.0% (3)")


def test_false_alarms_are_listed_by_source_with_their_upper_bound(page: Page, web: Web) -> None:
    visit(page, web, canned_pages.accuracy())
    expect(page.get_by_role("row").filter(has_text="phones, as they come")).to_contain_text("1.9%")
    expect(page.get_by_role("row").filter(has_text="press photos")).to_contain_text("1.4%")


def test_the_reliability_diagram_can_be_read_without_seeing_it(page: Page, web: Web) -> None:
    visit(page, web, canned_pages.accuracy())
    diagram = page.get_by_role("img", name="Reliability diagram with 6 points.")
    assert "Stated 97%, in fact 95% of 380 files." in (diagram.get_attribute("aria-label") or "")
    assert diagram.locator("circle").count() == 6
    page.get_by_text("The same in numbers").click()
    expect(page.get_by_role("row").filter(has_text="380")).to_contain_text("97%")


def test_a_version_without_measurements_says_that_it_was_not_measured(page: Page, web: Web) -> None:
    visit(page, web, None)
    expect(page.locator("#accuracy-measured")).to_contain_text("This version has not been measured")
    expect(page.locator("#accuracy-labels")).to_contain_text("Inconclusive")


def test_damaged_measurements_are_told_as_such(page: Page, web: Web) -> None:
    visit(page, web, canned_pages.accuracy()[:100])
    expect(page.locator("#accuracy-measured")).to_contain_text("measurements that came with this version is damaged")
