"""Earlier analyses are searched, compared and deleted."""

from __future__ import annotations

import json
from threading import Event

import pytest
from playwright.sync_api import Locator, Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned, canned_operations, canned_pages
from tests.browser.canned_pages import MEDIA, OTHER
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations, overflow_px

LIST = ("GET", "/v1/analyses")


@pytest.fixture(autouse=True)
def has_a_history(web: Web) -> None:
    web.answers[LIST] = Answer([canned_pages.page_of(canned_pages.many(), "page-two")])


def entries(page: Page) -> Locator:
    return page.locator("#history-list > li")


def visit(page: Page) -> None:
    page.get_by_role("link", name="History").click()
    expect(page.locator("#history-status")).not_to_be_empty()


def test_the_list_says_what_was_judged_and_how(page: Page, camera: Camera) -> None:
    visit(page)
    expect(entries(page)).to_have_count(7)
    expect(entries(page).nth(1)).to_contain_text("interview.mp4")
    expect(entries(page).nth(1)).to_contain_text("Authentic")
    expect(entries(page).nth(1)).to_contain_text("Video · risk 1.2 of 100")
    expect(entries(page).nth(3)).to_contain_text("Unnamed file")
    expect(entries(page).nth(6)).to_contain_text("No verdict")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "history")


def test_what_has_no_verdict_says_where_it_stands_and_why(page: Page, web: Web, camera: Camera) -> None:
    running = canned.running(1)
    made = [canned.queued(), running, canned_operations.cancelled(), canned_operations.failed(), canned_pages.stored()]
    for number, analysis in enumerate(made):
        analysis.name = f"analyses/{number:026}"  # an entry is found again by its name
    web.answers[LIST] = Answer([canned_pages.page_of(made)])
    visit(page)
    for number, words in enumerate(("Waiting for its turn", "Being examined", "Cancelled", "Failed", "Manipulated")):
        expect(entries(page).nth(number).locator(".entry-verdict")).to_have_text(words)
    expect(entries(page).nth(2)).to_contain_text("The analysis was cancelled.")
    expect(entries(page).nth(3)).to_contain_text("The answer was not there within ten minutes.")
    expect(page.get_by_role("checkbox", name="Compare ")).to_have_count(1)
    assert grave_accessibility_violations(page) == []
    camera.take(page, "history-states")


def test_what_is_under_way_is_shown_with_its_verdict_when_it_is_there(page: Page, web: Web) -> None:
    page.clock.install()
    web.answers[LIST] = Answer([canned_pages.page_of([canned.queued()])])
    visit(page)
    expect(entries(page).locator(".entry-verdict")).to_have_text("Waiting for its turn")
    page.get_by_role("link", name="portrait.jpg").focus()
    web.answers[LIST] = Answer([canned_pages.page_of([canned.analysis(verdict_pb2.LABEL_AUTHENTIC)])])
    page.clock.run_for(2000)
    expect(entries(page).locator(".entry-verdict")).to_have_text("Authentic")
    expect(page.get_by_role("link", name="portrait.jpg")).to_be_focused()
    asked = len(web.seen)
    page.clock.run_for(60_000)
    assert len(web.seen) == asked


def test_what_has_no_verdict_fits_on_a_phone(page: Page, web: Web, camera: Camera) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    web.answers[LIST] = Answer([canned_pages.page_of([canned.queued(), canned_operations.failed()])])
    visit(page)
    assert overflow_px(page) == 0
    camera.take(page, "history-states-360")


def test_the_reader_finds_the_heading_and_the_title_of_the_page(page: Page) -> None:
    visit(page)
    expect(page.get_by_role("heading", name="History")).to_be_focused()
    expect(page).to_have_title("History – Telltale")
    expect(page.get_by_role("link", name="History")).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(page.locator("#start")).to_be_visible()


def test_a_search_asks_the_server_for_text_labels_and_kinds(page: Page, web: Web) -> None:
    visit(page)
    page.get_by_role("checkbox", name="Manipulated", exact=True).check()
    page.get_by_role("checkbox", name="Inconclusive", exact=True).check()
    page.get_by_role("checkbox", name="Video", exact=True).check()
    page.get_by_role("searchbox").fill("  mayor & co ")
    page.keyboard.press("Enter")
    expect(page.locator("#history-status")).to_contain_text("that match")
    expect(page.locator("#history-list")).not_to_have_attribute("aria-busy", "true")
    asked = web.calls(*LIST)[-1].query
    assert asked["query"] == "mayor & co"
    assert asked["labels"] == "LABEL_MANIPULATED,LABEL_INCONCLUSIVE"
    assert asked["kinds"] == "MEDIA_KIND_VIDEO"


def test_nothing_found_is_told_and_the_search_can_be_cleared(page: Page, web: Web) -> None:
    visit(page)
    web.answers[LIST] = Answer([canned.listing()])
    page.get_by_role("searchbox").fill("zebra")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#history-status")).to_have_text("No analysis matches this search.")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#history-status")).to_contain_text("Nothing was judged yet")
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_older_ones_are_fetched_by_the_token_of_the_page(page: Page, web: Web) -> None:
    visit(page)
    web.answers[LIST] = Answer([canned_pages.page_of([canned_pages.other()])])
    page.get_by_role("button", name="Show older ones").click()
    expect(entries(page)).to_have_count(8)
    expect(page.get_by_role("link", name="original.jpg")).to_be_focused()
    expect(page.get_by_role("button", name="Show older ones")).to_be_hidden()
    assert web.calls(*LIST)[-1].query["page_token"] == "page-two"


def test_a_list_that_cannot_be_fetched_says_why(page: Page, web: Web) -> None:
    web.answers[LIST] = Answer([canned.error_json("OVERLOADED", "The server is busy.", code=8)], 429)
    visit(page)
    expect(page.locator("#history-status")).to_contain_text("The list could not be fetched. The server is busy.")


def test_a_slow_answer_does_not_replace_that_to_a_later_question(page: Page, web: Web) -> None:
    visit(page)
    late = Event()
    old = canned_pages.page_of([canned_pages.other()])
    web.answers[LIST] = Answer([old[:20], old[20:]], gates=[late])
    page.get_by_role("checkbox", name="Video", exact=True).check()
    web.answers[LIST] = Answer([canned.listing()])
    page.get_by_role("checkbox", name="Photo", exact=True).check()
    expect(page.locator("#history-status")).to_have_text("No analysis matches this search.")
    late.set()
    page.wait_for_timeout(50)
    expect(entries(page)).to_have_count(0)


def test_two_are_chosen_to_compare_and_no_third(page: Page) -> None:
    visit(page)
    picks = page.get_by_role("checkbox", name="Compare ")
    picks.nth(0).check()
    expect(page.locator("#tray-text")).to_contain_text("Choose one more")
    expect(page.get_by_role("button", name="Compare")).to_be_disabled()
    picks.nth(2).check()
    expect(picks.nth(1)).to_be_disabled()
    page.get_by_role("button", name="Compare").click()
    assert page.url.endswith(f"#/compare/{'c' * 26}/{'e' * 26}")


def test_a_file_is_deleted_after_a_question_and_leaves_a_receipt(page: Page, web: Web, camera: Camera) -> None:
    web.answers[LIST] = Answer([canned_pages.page_of([canned_pages.stored()])])
    web.answers["DELETE", f"/v1/{MEDIA}"] = Answer([canned.to_json(canned_pages.deletion())])
    visit(page)
    page.get_by_role("button", name="Delete portrait.jpg").click()
    dialog = page.get_by_role("dialog", name="Delete for good?")
    expect(dialog).to_contain_text("portrait.jpg")
    assert grave_accessibility_violations(page) == []
    web.answers[LIST] = Answer([canned.listing()])
    dialog.get_by_role("button", name="Delete").click()
    receipt = page.get_by_role("heading", name="Deleted: the file, 2 analyses, one link")
    expect(receipt).to_be_focused()
    expect(entries(page)).to_have_count(0)
    expect(page.locator("#history-receipt")).to_contain_text("file, analysis, evidence, maps, shares")
    camera.take(page, "receipt")


def test_of_a_deletion_that_broke_off_nobody_says_that_nothing_was_deleted(page: Page, web: Web) -> None:
    web.answers[LIST] = Answer([canned_pages.page_of([canned_pages.stored()])])
    away = canned.error_json("STORAGE_UNAVAILABLE", "The media store is away.", code=14)
    web.answers["DELETE", f"/v1/{MEDIA}"] = Answer([away], 503)
    visit(page)
    page.get_by_role("button", name="Delete portrait.jpg").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#delete-note")).to_contain_text("may have been deleted in part")


def test_one_analysis_alone_can_be_deleted_or_nothing(page: Page, web: Web) -> None:
    web.answers[LIST] = Answer([canned_pages.page_of([canned_pages.stored()])])
    web.answers["DELETE", f"/v1/{canned.NAME}"] = Answer([canned.error_json("NOT_FOUND", "It is gone.", code=5)], 404)
    visit(page)
    page.get_by_role("button", name="Delete portrait.jpg").click()
    page.get_by_label("This analysis alone").check()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#delete-note")).to_contain_text("Nothing was deleted. It is gone.")
    page.keyboard.press("Escape")
    expect(entries(page)).to_have_count(1)
    assert [each.path for each in web.seen if each.method == "DELETE"] == [f"/v1/{canned.NAME}"]


def test_the_receipt_is_downloaded_as_the_server_signed_it(page: Page, web: Web) -> None:
    web.answers["GET", f"/v1/{OTHER}"] = Answer([canned.to_json(canned_pages.other())])
    web.answers["DELETE", f"/v1/{OTHER}"] = Answer([canned.to_json(canned_pages.deletion())])
    page.goto(f"{web.url}/#/{OTHER}")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The file, and every analysis of it")).to_be_hidden()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the receipt").click()
    assert download.value.suggested_filename == "telltale-receipt-5e5e5e5e5e5e.json"
    served = json.loads(canned.to_json(canned_pages.deletion()))["receipt"]
    assert json.loads(download.value.path().read_bytes()) == served
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#history-receipt")).to_be_empty()
