"""Work is ended on the server, and the page says what became of it."""

from __future__ import annotations

from threading import Event

from playwright.sync_api import Page, expect

from tests.browser import canned, canned_operations
from tests.browser.canned_operations import ANALYZE, CANCEL, LIST, WATCH, finds_by_request_id
from tests.browser.steps import hand_in
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations

ENDED = canned.to_json(canned_operations.cancelled().error)
FINISHED = canned.to_json(canned_operations.finished())


def begin(page: Page, web: Web, end: Event, last: bytes) -> None:
    """Hands in a file whose answer goes on with `last` when `end` is set, and asks to cancel it."""
    web.answers[ANALYZE] = Answer([canned.to_json(canned.running(0)), last], gates=[end])
    hand_in(page)
    expect(page.locator("#busy-step")).to_contain_text("0 of 2")
    page.get_by_role("button", name="Cancel").click()


def test_cancelling_ends_the_work_and_leads_back_to_the_start(page: Page, web: Web, camera: Camera) -> None:
    end = Event()
    web.answers[CANCEL] = Answer([b"{}"])
    begin(page, web, end, ENDED)
    expect(page.locator("#busy-step")).to_have_text("Cancelling.")
    expect(page.get_by_role("button", name="Cancel")).to_be_disabled()
    end.set()
    expect(page.locator("#start-notice")).to_contain_text("Cancelled: the work was stopped")
    assert page.url.endswith("#/")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "cancelled")


def test_an_answer_that_was_faster_than_the_cancelling_is_shown(page: Page, web: Web) -> None:
    end = Event()
    web.answers[CANCEL] = Answer([b"{}"])
    begin(page, web, end, FINISHED)
    expect(page.locator("#busy-step")).to_have_text("Cancelling.")
    end.set()
    expect(page.locator("#verdict h1")).to_contain_text("Authentic")


def test_what_could_not_be_cancelled_goes_on(page: Page, web: Web) -> None:
    end = Event()
    web.answers[CANCEL] = Answer([canned.error_json("STORAGE_UNAVAILABLE", "The database is away.", code=14)], 503)
    begin(page, web, end, FINISHED)
    expect(page.locator("#busy-step")).to_contain_text("It could not be cancelled. The database is away.")
    expect(page.get_by_role("button", name="Cancel")).to_be_enabled()
    end.set()
    expect(page.locator("#result")).to_be_visible()


def test_a_photo_without_a_name_yet_is_found_by_its_request_id(page: Page, web: Web) -> None:
    end = Event()
    web.answers[ANALYZE] = Answer([b"\n", ENDED], status=499, gates=[end])
    web.answers[CANCEL] = Answer([b"{}"])
    hand_in(page)
    expect(page.locator("#busy-step")).to_contain_text("as soon as its turn comes")
    finds_by_request_id(web, canned.queued())
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#busy-step")).to_have_text("Cancelling.")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((each) => each.name.endsWith(':cancel'))"
    )
    end.set()
    expect(page.locator("#start-notice")).to_contain_text("Cancelled: the work was stopped")
    assert len(web.calls(*CANCEL)) == 1


def test_of_a_file_that_has_arrived_nobody_says_that_nothing_was_kept(page: Page, web: Web) -> None:
    web.answers[ANALYZE] = Answer([b"\n", FINISHED], gates=[Event()])
    web.answers[LIST] = Answer([b"{}"])
    hand_in(page)
    expect(page.locator("#busy-step")).to_contain_text("as soon as its turn comes")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#start-notice")).to_contain_text("The file may have been stored")


def test_an_earlier_analysis_under_way_can_be_cancelled(page: Page, web: Web) -> None:
    end = Event()
    web.answers["GET", f"/v1/{canned.NAME}"] = Answer([canned.to_json(canned.queued())])
    steps = [canned_operations.operation(each) for each in (canned.queued(), canned_operations.cancelled())]
    web.answers[WATCH] = Answer(steps, gates=[end])
    web.answers[CANCEL] = Answer([b"{}"])
    page.goto(f"{web.url}/#/{canned.NAME}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#busy-step")).to_have_text("Cancelling.")
    end.set()
    expect(page.locator("#start-notice")).to_contain_text("Cancelled: the work was stopped")


def test_what_was_cancelled_elsewhere_can_be_asked_for_anew(page: Page, web: Web) -> None:
    web.answers[ANALYZE] = Answer([ENDED], 499)
    hand_in(page)
    expect(page.locator("#problem h1")).to_have_text("The analysis was cancelled.")
    expect(page.locator("#problem-advice")).to_contain_text("judged after all")
    web.answers[ANALYZE] = Answer([FINISHED])
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#result")).to_be_visible()
    first, second = web.uploads()
    assert first.query["request_id"] != second.query["request_id"]
