"""The work goes on without the page, and the page finds it again."""

from __future__ import annotations

from threading import Event

import pytest
from playwright.sync_api import Page, expect

from tests.browser import canned, canned_operations
from tests.browser.canned_operations import ANALYZE, GET, LIST, WATCH, finds_by_request_id, operation
from tests.browser.steps import hand_in, hand_in_and_wait
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations

FINISHED = canned.to_json(canned_operations.finished())
RUNNING = canned.to_json(canned.running(1))
AWAY = canned.error_json("STORAGE_UNAVAILABLE", "The database is away.", code=14)


def test_what_waits_for_its_turn_says_so(page: Page, web: Web, camera: Camera) -> None:
    turn = Event()
    web.answers[ANALYZE] = Answer([canned.to_json(canned.queued()), FINISHED], gates=[turn])
    hand_in(page)
    expect(page.locator("#busy-step")).to_contain_text("waiting for its turn")
    expect(page.locator("#busy-bar")).to_be_hidden()
    expect(page.locator("#busy-note")).to_contain_text("You may leave this page")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "queued")
    turn.set()
    expect(page.locator("#result")).to_be_visible()


def test_a_photo_whose_turn_takes_long_says_so_too(page: Page, web: Web) -> None:
    turn = Event()
    web.answers[ANALYZE] = Answer([b"\n", FINISHED], gates=[turn])
    hand_in(page)
    expect(page.locator("#busy-step")).to_contain_text("as soon as its turn comes")
    expect(page.locator("#busy-note")).to_be_empty()
    finds_by_request_id(web, canned.queued())
    expect(page.locator("#busy-step")).to_contain_text("waiting for its turn")
    expect(page.locator("#busy-note")).to_contain_text("You may leave this page")
    assert page.url.endswith(f"#/{canned.NAME}")
    assert web.calls(*LIST)[-1].query["filter"] == "done=false"
    turn.set()
    expect(page.locator("#result")).to_be_visible()


def test_a_stream_that_breaks_is_taken_up_by_the_name_of_the_operation(page: Page, web: Web) -> None:
    web.answers[ANALYZE] = Answer([RUNNING], breaks=True)
    web.answers[WATCH] = Answer([operation(canned.running(1)), operation(canned_operations.finished())])
    hand_in_and_wait(page)
    expect(page.get_by_role("img", name="The photo handed in")).to_be_visible()
    assert (len(web.uploads()), len(web.calls(*WATCH))) == (1, 1)


def test_what_has_no_name_yet_is_sent_again_under_the_same_request_id(page: Page, web: Web) -> None:
    web.turns[ANALYZE] = [Answer([b"\n"], breaks=True), Answer([b"upstream connect error"], 503, "text/plain")]
    web.answers[ANALYZE] = Answer([FINISHED])
    hand_in_and_wait(page)
    assert len({each.query["request_id"] for each in web.uploads()}) == 1
    assert len(web.uploads()) == 3


def test_a_lost_connection_is_told_while_it_is_looked_for(page: Page, web: Web, camera: Camera) -> None:
    web.assets["patience.js"] = (web.assets["patience.js"] or b"").replace(b"[10, 20]", b"[60000]")
    page.reload()
    web.answers[ANALYZE] = Answer([RUNNING], breaks=True)
    hand_in(page)
    expect(page.locator("#busy-step")).to_have_text("The connection was lost. Looking for it again.")
    expect(page.locator("#announcer")).to_have_text("The connection was lost. Looking for it again.")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "lost")


def test_a_server_that_stays_away_is_told_and_asked_again_when_the_reader_wants(page: Page, web: Web) -> None:
    web.answers[ANALYZE] = Answer([RUNNING], breaks=True)
    web.answers[WATCH] = Answer([b"\n"], breaks=True)
    hand_in(page)
    expect(page.locator("#problem h1")).to_contain_text("could not be reached")
    assert len(web.calls(*WATCH)) == 2
    web.answers[ANALYZE] = Answer([FINISHED])
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#result")).to_be_visible()
    assert len({each.query["request_id"] for each in web.uploads()}) == 1


def test_the_pauses_that_ship_are_few_and_grow(page: Page, web: Web) -> None:
    web.assets.clear()
    page.reload()
    pauses = page.evaluate("async () => (await import('/assets/patience.js')).PAUSES_MS")
    assert pauses == sorted(set(pauses))
    assert (len(pauses) <= 8, 10_000 < sum(pauses) < 60_000) == (True, True)


@pytest.mark.parametrize(
    "first",
    [[], [Answer([b"\n"], breaks=True)], [Answer([AWAY], 503)]],
    ids=["at once", "after a break", "after a fault"],
)
def test_an_analysis_under_way_shows_progress_and_then_its_answer(page: Page, web: Web, first: list[Answer]) -> None:
    step, end = Event(), Event()
    web.answers[GET] = Answer([canned.to_json(canned.queued())])
    web.turns[WATCH] = list(first)
    states = [canned.queued(), canned.running(1), canned_operations.finished()]
    web.answers[WATCH] = Answer([operation(each) for each in states], gates=[step, end])
    page.goto(f"{web.url}/#/{canned.NAME}")
    expect(page.locator("#busy-file")).to_have_text("portrait.jpg")
    expect(page.locator("#busy-step")).to_contain_text("waiting for its turn")
    step.set()
    expect(page.locator("#busy-step")).to_have_text("1 of 2 detectors have answered.")
    end.set()
    expect(page.locator("#verdict h1")).to_contain_text("Authentic")


def test_an_analysis_that_fails_while_it_is_watched_tells_why(page: Page, web: Web, camera: Camera) -> None:
    failed = canned_operations.failed()
    web.turns[GET] = [Answer([canned.to_json(canned.queued())])]
    web.answers[GET] = Answer([canned.to_json(failed)])
    web.answers[WATCH] = Answer([operation(failed)])
    page.goto(f"{web.url}/#/{canned.NAME}")
    expect(page.locator("#verdict h1")).to_have_text("No verdict Failed")
    expect(page.locator("#verdict")).to_contain_text("The answer was not there within ten minutes.")
    expect(page.get_by_role("button", name="Share by link")).to_be_hidden()
    expect(page.get_by_role("button", name="Download the report")).to_be_hidden()
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    assert grave_accessibility_violations(page) == []
    camera.take(page, "failed")


def test_leaving_ends_no_work(page: Page, web: Web) -> None:
    turn = Event()
    web.answers[ANALYZE] = Answer([RUNNING, FINISHED], gates=[turn])
    hand_in(page)
    expect(page.locator("#busy-step")).to_contain_text("1 of 2")
    page.get_by_role("link", name="Settings").click()
    turn.set()
    web.answers[GET] = Answer([FINISHED])
    page.go_back()
    expect(page.locator("#verdict h1")).to_contain_text("Authentic")
    assert [each.path for each in web.seen if each.path.endswith(":cancel")] == []
