"""The page that explains the REST interface."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.web_server import ASSETS, Web
from tests.support.browser import Camera, grave_accessibility_violations, overflow_px


@pytest.fixture
def docs(page: Page, web: Web) -> Page:
    page.goto(f"{web.url}/docs")
    expect(page.locator("#AnalyzeMedia")).to_be_visible()
    return page


def test_every_call_of_the_document_is_there(docs: Page) -> None:
    document = json.loads((ASSETS / "openapi.json").read_bytes())
    calls = [call["operationId"] for path in document["paths"].values() for call in path.values()]
    assert sorted(docs.locator(".docs-call").evaluate_all("all => all.map((each) => each.id)")) == sorted(calls)
    expect(docs.locator("#docs-errors tbody tr")).to_have_count(len(document["x-errors"]))


def test_a_call_opens_with_its_parameters_answers_and_reasons(docs: Page) -> None:
    docs.locator("#ListAnalyses > summary").click()
    call = docs.locator("#ListAnalyses")
    expect(call.get_by_role("table", name="In the address")).to_contain_text("At most 200 characters.")
    expect(call.get_by_role("table", name="Answers")).to_contain_text("RATE_LIMITED")
    call.get_by_role("link", name="INSUFFICIENT_SCOPE").click()
    expect(docs.locator("#error-INSUFFICIENT_SCOPE")).to_be_in_viewport()


def test_a_search_leaves_what_has_all_words(docs: Page) -> None:
    docs.get_by_label("Search calls, fields and errors").fill("webhook_refused post")
    expect(docs.locator(".docs-call:visible")).to_have_count(4)
    expect(docs.locator("#docs-count")).to_contain_text("4 of")
    expect(docs.get_by_role("heading", name="Keys")).to_be_hidden()
    docs.get_by_label("Search calls, fields and errors").fill("")
    expect(docs.get_by_role("heading", name="Keys")).to_be_visible()


def test_the_address_names_a_call_or_a_shape(page: Page, web: Web) -> None:
    page.goto(f"{web.url}/docs#GetAnalysis")
    page.locator("#GetAnalysis").get_by_role("link", name="Analysis", exact=True).click()
    expect(page.get_by_role("table", name="Fields of Analysis", exact=True)).to_be_in_viewport()


def test_examples_are_shown_in_the_language_of_choice_and_copied(browser: Browser, web: Web) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    docs = context.new_page()
    docs.goto(f"{web.url}/docs#AnalyzeMedia")
    call = docs.locator("#AnalyzeMedia")
    expect(call.locator("pre")).to_contain_text("curl -X POST")
    call.get_by_label("Python").check()
    expect(call.locator("pre")).to_contain_text("client.analyze(")
    call.get_by_role("button", name="Copy").click()
    expect(call.get_by_text("Copied")).to_be_visible()
    assert "client.analyze(" in docs.evaluate("() => navigator.clipboard.readText()")
    context.close()


def test_a_description_that_is_missing_is_told(page: Page, web: Web) -> None:
    web.assets["openapi.json"] = None
    page.goto(f"{web.url}/docs")
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")


def test_the_start_leads_here_and_back(page: Page) -> None:
    page.get_by_role("link", name="REST interface").click()
    expect(page.get_by_role("heading", name="REST interface", exact=True)).to_be_visible()
    page.get_by_role("link", name="Judge", exact=True).click()
    expect(page.locator("#start")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width_px"), [("light", 360), ("dark", 1280), ("light", 1280), ("dark", 360)])
def test_it_fits_and_is_readable(browser: Browser, web: Web, camera: Camera, scheme: Any, width_px: int) -> None:
    context = browser.new_context(viewport={"width": width_px, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{web.url}/docs#AnalyzeMedia")
    expect(page.locator("#AnalyzeMedia pre")).to_be_visible()
    for call in ("CreateAnalysis", "ListAnalyses"):
        page.locator(f"#{call} > summary").click()
    page.locator("[id='shape-Analysis'] > summary").click()
    assert overflow_px(page) == 0
    assert grave_accessibility_violations(page) == []
    camera.take(page, f"docs-{scheme}-{width_px}")
    page.evaluate("() => scrollTo(0, 0)")
    camera.take(page, f"docs-top-{scheme}-{width_px}", whole=False)
    context.close()
