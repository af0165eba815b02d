"""An earlier recording is fetched from the server, so that it has a player too."""

from __future__ import annotations

from threading import Event

import pytest
from playwright.sync_api import Page, expect

from tests.browser import canned, canned_sound
from tests.browser.recordings import wav
from tests.browser.sound_steps import DOWNLOAD, answer, judge_recordings, listen
from tests.browser.steps import hand_in_video, player_is_ready
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera


@pytest.fixture(autouse=True)
def judges_recordings(web: Web) -> None:
    judge_recordings(web)


def open_earlier(page: Page, web: Web) -> None:
    page.goto(f"{web.url}/#{canned.NAME}")
    expect(page.locator("#result")).to_be_visible()


def test_an_earlier_recording_is_fetched_with_the_token_and_played(page: Page, web: Web) -> None:
    web.token = "secret"
    page.evaluate("sessionStorage.setItem('telltale.token', 'secret')")
    open_earlier(page, web)
    player_is_ready(page)
    [fetched] = [each for each in web.seen if each.path == DOWNLOAD[1]]
    assert fetched.authorization == "Bearer secret"
    assert page.locator("audio.player").evaluate("player => player.src").startswith("blob:")
    expect(listen(page)).to_be_visible()


def test_a_large_earlier_file_is_fetched_only_when_the_reader_wants_it(page: Page, web: Web, camera: Camera) -> None:
    large = canned_sound.recording()
    large.info.size_bytes = 20_000_001
    answer(web, large)
    open_earlier(page, web)
    expect(page.locator("#picture")).to_contain_text("The recording is still on the server.")
    assert DOWNLOAD[1] not in {each.path for each in web.seen}
    camera.take(page, "sound-stored")
    page.get_by_role("button", name="Fetch it to play it (20 MB)").click()
    player_is_ready(page)
    expect(page.locator("audio.player")).to_be_focused()


def test_an_expired_file_leaves_the_lanes(page: Page, web: Web) -> None:
    del web.answers[DOWNLOAD]
    open_earlier(page, web)
    expect(page.locator("#picture")).to_contain_text("it has expired, and the server deleted it")
    expect(page.locator(".log-mel")).to_be_visible()
    expect(listen(page)).to_be_hidden()
    page.get_by_role("button", name="risk 94 of 100: jump there").click()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "3.6")


def test_a_file_that_could_not_be_fetched_can_be_asked_for_again(page: Page, web: Web) -> None:
    web.answers[DOWNLOAD] = Answer([canned.error_json("OVERLOADED", "The server is busy.", code=8)], 429)
    open_earlier(page, web)
    expect(page.locator("#picture")).to_contain_text("The recording could not be fetched. The server is busy.")
    web.answers[DOWNLOAD] = Answer([wav()], content_type="audio/wav")
    page.get_by_role("button", name="Try again to fetch it").click()
    player_is_ready(page)


def test_a_file_that_comes_after_the_reader_left_is_not_shown(page: Page, web: Web) -> None:
    rest = Event()
    web.answers[DOWNLOAD] = Answer([wav()[:100], wav()[100:]], content_type="audio/wav", gates=[rest])
    open_earlier(page, web)
    expect(page.locator("#picture")).to_contain_text("Fetching the recording")
    page.get_by_role("button", name="Judge another file").click()
    rest.set()
    answer(web, canned_sound.silent_film())
    hand_in_video(page)
    expect(page.locator("audio.player")).to_have_count(0)
