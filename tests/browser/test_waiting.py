"""Progress, cancelling, and what goes wrong."""

from __future__ import annotations

from threading import Event

import pytest
from playwright.sync_api import Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned
from tests.browser.steps import hand_in, hand_in_and_wait
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations

ANALYZE = ("POST", "/v1/media:analyze")
FINISHED = canned.to_json(canned.analysis(verdict_pb2.LABEL_AUTHENTIC))


def test_progress_lines_are_shown_as_they_arrive(page: Page, web: Web, camera: Camera) -> None:
    half, end = Event(), Event()
    web.answers[ANALYZE] = Answer(
        [canned.to_json(canned.running(0)), canned.to_json(canned.running(1)), FINISHED], gates=[half, end]
    )
    hand_in(page)
    expect(page.locator("#busy-step")).to_have_text("0 of 2 detectors have answered.")
    half.set()
    expect(page.locator("#busy-step")).to_have_text("1 of 2 detectors have answered.")
    expect(page.locator("#announcer")).to_have_text("1 of 2 detectors have answered.")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "waiting")
    end.set()
    expect(page.locator("#verdict h1")).to_contain_text("Authentic")


def test_a_line_may_arrive_in_two_pieces(page: Page, web: Web) -> None:
    rest = Event()
    web.answers[ANALYZE] = Answer(
        [canned.to_json(canned.running(1)) + FINISHED[:100], FINISHED[100:].rstrip()], gates=[rest]
    )
    hand_in(page)
    expect(page.locator("#busy-step")).to_have_text("1 of 2 detectors have answered.")
    rest.set()
    expect(page.locator("#result")).to_be_visible()


def test_an_error_shows_the_servers_sentence_and_what_to_do(page: Page, web: Web, camera: Camera) -> None:
    sentence = "No picture could be read from this file: it ends after 120 bytes."
    web.answers[ANALYZE] = Answer([canned.error_json("UNDECODABLE_MEDIA", sentence, code=3)], 400)
    hand_in(page)
    expect(page.locator("#problem h1")).to_have_text(sentence)
    expect(page.locator("#problem h1")).to_be_focused()
    expect(page.locator("#problem-advice")).to_contain_text("Get it again from its source")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    assert grave_accessibility_violations(page) == []
    camera.take(page, "problem")


def test_try_again_sends_the_same_file_under_the_same_request_id(page: Page, web: Web) -> None:
    good = web.answers[ANALYZE]
    web.answers[ANALYZE] = Answer([canned.error_json("OVERLOADED", "The server is busy.", code=8)], 429)
    hand_in(page)
    expect(page.locator("#problem")).to_be_visible()
    web.answers[ANALYZE] = good
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#result")).to_be_visible()
    first, second = web.uploads()
    assert (first.body, first.query["request_id"]) == (second.body, second.query["request_id"])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer([b"payload too large"], 413, "text/plain"), "larger than this server accepts"),
        (Answer([b"<html>upstream connect error</html>"], 503, "text/html"), "cannot take requests at this moment"),
        (Answer([b'{"state": "ANALYSIS_STATE_RUNNING"}\n']), "ended before there was a verdict"),
        (Answer([FINISHED[:200]]), "ended before there was a verdict"),
        (
            Answer(
                [
                    canned.to_json(canned.running(1)),
                    canned.error_json("DECODER_STOPPED", "The decoder was stopped.", code=3),
                ]
            ),
            "The decoder was stopped.",
        ),
    ],
    ids=["413 without JSON", "503 without JSON", "no last line", "half a line", "an error as a line"],
)
def test_answers_that_are_not_ours_or_not_whole_are_told_in_a_sentence(
    page: Page, web: Web, answer: Answer, sentence: str
) -> None:
    web.answers[ANALYZE] = answer
    hand_in(page)
    expect(page.locator("#problem h1")).to_contain_text(sentence)


def test_a_server_that_is_gone_is_told_as_such(page: Page, web: Web) -> None:
    page.route("**/v1/media:analyze*", lambda route: route.abort())
    hand_in(page)
    expect(page.locator("#problem h1")).to_contain_text("could not be reached")


def test_without_a_token_the_page_asks_before_it_sends_the_file(page: Page, web: Web, camera: Camera) -> None:
    web.token = "secret"
    page.reload()
    hand_in(page)
    dialog = page.get_by_role("dialog", name="Enter your access token")
    expect(dialog).to_be_visible()
    assert grave_accessibility_violations(page) == []
    camera.take(page, "token")
    assert web.uploads() == []
    dialog.get_by_label("Token", exact=True).fill("secret")
    dialog.get_by_role("button", name="Continue").click()
    expect(page.locator("#result")).to_be_visible()
    assert [each.authorization for each in web.uploads()] == ["Bearer secret"]


def test_a_wrong_token_is_asked_for_again_and_closing_the_dialog_ends_in_a_sentence(page: Page, web: Web) -> None:
    web.token = "secret"
    page.reload()
    hand_in(page)
    page.get_by_label("Token", exact=True).fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Token", exact=True)).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("#problem h1")).to_have_text("This server asks for an access token.")


def test_the_token_in_the_address_is_used_and_removed(page: Page, web: Web) -> None:
    web.token = "from-address"
    page.goto("about:blank")
    page.goto(f"{web.url}/#token=from-address")
    assert "token" not in page.url
    hand_in_and_wait(page)
    assert web.uploads()[0].authorization == "Bearer from-address"
