"""What the reader prefers."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.steps import hand_in_and_wait
from tests.browser.web_server import Web


def visit(page: Page) -> None:
    page.get_by_role("link", name="Settings").click()
    expect(page.locator("#settings")).to_be_visible()


def test_language_and_depth_travel_with_the_next_file_and_outlive_the_tab(page: Page, web: Web) -> None:
    visit(page)
    page.get_by_label("Language of verdicts").select_option(label="Deutsch")
    page.get_by_label("How much of a video").select_option(label="Thorough")
    page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
    page.goto(web.url)
    hand_in_and_wait(page)
    asked = web.uploads()[0].query
    assert (asked["language"], asked["depth"]) == ("de", "DEPTH_THOROUGH")


def test_without_a_choice_sentences_are_english(page: Page, web: Web) -> None:
    hand_in_and_wait(page)
    assert web.uploads()[0].query["language"] == "en"


def test_the_colours_follow_the_choice_from_the_first_picture_on(page: Page) -> None:
    light = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    visit(page)
    page.get_by_label("Colours").select_option(label="Dark")
    expect(page.locator("body")).not_to_have_css("background-color", light)
    page.reload()
    expect(page.locator("body")).not_to_have_css("background-color", light)
    page.get_by_role("button", name="Forget these choices").click()
    expect(page.locator("body")).to_have_css("background-color", light)
    expect(page.get_by_label("Colours")).to_have_value("system")


def test_a_damaged_storage_counts_as_no_choice(page: Page) -> None:
    page.evaluate("localStorage.setItem('telltale.preferences', '{\"theme\": \"<b>\", broken')")
    page.reload()
    visit(page)
    expect(page.get_by_label("Colours")).to_have_value("system")


def test_the_token_can_be_forgotten_and_lies_in_no_lasting_storage(page: Page, web: Web) -> None:
    page.goto("about:blank")
    page.goto(f"{web.url}/#token=secret")
    visit(page)
    expect(page.locator("#settings")).to_contain_text("A token is set.")
    assert "secret" not in page.evaluate("() => JSON.stringify(localStorage)")
    page.get_by_role("button", name="Forget the token").click()
    expect(page.locator("#settings")).to_contain_text("No token is set.")
    expect(page.get_by_role("button", name="Enter token", exact=True)).to_be_visible()
    assert page.evaluate("() => sessionStorage.length") == 0
