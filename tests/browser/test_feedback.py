"""The reader says what a file was in fact, and may take it back."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from telltale.gateway.v1 import resources_pb2
from tests.browser import canned, canned_pages
from tests.browser.steps import hand_in_and_wait
from tests.browser.test_hostile_input import ATTACK
from tests.browser.web_server import Answer, Web
from tests.support.browser import grave_accessibility_violations

PATH = f"/v1/{canned.NAME}/feedback"


@pytest.fixture(autouse=True)
def keeps_feedback(web: Web) -> None:
    answer = canned_pages.feedback(resources_pb2.TRUTH_MANIPULATED, "The agency withdrew it.")
    web.answers["PUT", PATH] = Answer([answer])
    web.answers["DELETE", PATH] = Answer([b"{}"])


def test_what_it_was_is_said_and_then_shown(page: Page, web: Web) -> None:
    hand_in_and_wait(page)
    page.get_by_label("manipulated or synthetic").check()
    page.get_by_label("How do you know?").fill("The agency withdrew it.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#feedback")).to_contain_text("this was in fact manipulated or synthetic.")
    expect(page.get_by_role("heading", name="Do you know what it is?")).to_be_focused()
    [said] = web.calls("PUT", PATH)
    assert json.loads(said.body) == {"truth": "TRUTH_MANIPULATED", "comment": "The agency withdrew it."}
    assert web.calls("GET", PATH) == []
    assert grave_accessibility_violations(page) == []


def test_nothing_is_sent_without_an_answer(page: Page, web: Web) -> None:
    hand_in_and_wait(page)
    page.get_by_role("button", name="Save").click()
    assert page.locator("#feedback form").evaluate("form => form.matches(':invalid')")
    assert web.calls("PUT", PATH) == []


def test_what_was_said_before_is_shown_as_text_and_taken_back(page: Page, web: Web) -> None:
    web.answers["GET", PATH] = Answer([canned_pages.feedback(resources_pb2.TRUTH_AUTHENTIC, ATTACK)])
    page.goto(f"{web.url}/#/{canned.NAME}")
    expect(page.locator("#feedback blockquote")).to_have_text(ATTACK)
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#feedback")).to_contain_text("Taken back.")
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    assert len(web.calls("DELETE", PATH)) == 1


def test_an_answer_can_be_changed(page: Page, web: Web) -> None:
    web.answers["GET", PATH] = Answer([canned_pages.feedback(resources_pb2.TRUTH_AUTHENTIC, "I took it.")])
    page.goto(f"{web.url}/#/{canned.NAME}")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_label("genuine")).to_be_checked()
    expect(page.get_by_label("How do you know?")).to_have_value("I took it.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#feedback blockquote")).to_have_text("I took it.")


def test_a_refusal_is_told_and_the_answer_stays_in_the_form(page: Page, web: Web) -> None:
    web.answers["PUT", PATH] = Answer([canned.error_json("STORAGE_FULL", "The disk is full.", code=8)], 429)
    hand_in_and_wait(page)
    page.get_by_label("genuine").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#feedback")).to_contain_text("The disk is full.")
    expect(page.get_by_label("genuine")).to_be_checked()
