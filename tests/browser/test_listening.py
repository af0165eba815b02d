"""Every marked stretch of a recording and of a video can be heard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import canned_sound
from tests.browser.canned_sound import FAKE_S
from tests.browser.films import talking_film
from tests.browser.recordings import LENGTH_S
from tests.browser.sound_steps import LISTEN, MARKED, answer, hand_in_talk, judge_recordings, listen
from tests.browser.steps import hand_in_recording, hand_in_video
from tests.browser.web_server import Web


@pytest.fixture(autouse=True)
def judges_recordings(web: Web) -> None:
    judge_recordings(web)


@pytest.mark.parametrize("kind", ["recording", "talk"])
def test_listen_plays_one_marked_stretch_and_stops(page: Page, web: Web, kind: str) -> None:
    if kind == "talk":
        hand_in_talk(page, web)
    else:
        hand_in_recording(page)
    player = page.locator(".player")
    listen(page).click()
    expect(page.get_by_role("button", name=f"Stop listening from {MARKED}")).to_be_visible()
    expect(listen(page)).to_be_visible(timeout=30_000)
    assert player.evaluate("player => player.paused")
    assert FAKE_S[1] <= player.evaluate("player => player.currentTime") < LENGTH_S
    heard = player.evaluate("({played}) => [played.start(0), played.length]")
    assert heard == [pytest.approx(FAKE_S[0], abs=0.1), 1]


def test_a_second_press_stops_listening(page: Page) -> None:
    hand_in_recording(page)
    listen(page).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.player').currentTime > 3.6")
    page.keyboard.press("Enter")
    expect(listen(page)).to_be_focused()
    assert page.locator(".player").evaluate("player => player.paused && player.currentTime < 6")


def test_who_goes_elsewhere_while_listening_hears_on_from_there(page: Page) -> None:
    hand_in_recording(page)
    listen(page).click()
    page.locator(".player").evaluate("player => { player.playbackRate = 4; player.currentTime = 6.5; }")
    expect(listen(page)).to_be_visible()
    page.wait_for_function("() => document.querySelector('.player').currentTime > 6.8")


def test_a_click_on_the_map_and_the_keys_of_the_ruler_move_the_player(page: Page) -> None:
    hand_in_recording(page)
    lane = page.locator(".lane-log-mel")
    size = lane.bounding_box()
    assert size is not None
    lane.click(position={"x": size["width"] / 4, "y": 20})
    ruler = page.get_by_role("slider", name="Position in the recording")
    expect(ruler).to_have_attribute("aria-valuenow", "2.0")
    ruler.press("ArrowRight")
    page.wait_for_function("() => Math.abs(document.querySelector('.player').currentTime - 2.5) < 0.1")
    head = page.locator(".playhead").bounding_box()
    assert head is not None
    assert head["height"] > size["height"]


def test_in_a_video_every_marked_stretch_can_be_heard(page: Page, web: Web) -> None:
    hand_in_talk(page, web)
    items = page.get_by_role("region", name="Listen to what stands out").get_by_role("listitem")
    names = [each.get_by_role("button").get_attribute("aria-label") for each in items.all()]
    assert names == ["Listen from 0:02.5 to 0:05.0", LISTEN, "Listen from 0:05.5 to 0:06.2"]
    expect(items.nth(1)).to_contain_text("Sound, risk 94 of 100; Learned voice test")
    expect(page.get_by_role("region", name="Worst moments")).not_to_contain_text("Sound")


def test_what_a_test_of_the_sound_suspects_outside_judged_stretches_can_be_heard_too(page: Page, web: Web) -> None:
    unjudged = canned_sound.recording()
    del unjudged.verdict.segments[:]
    answer(web, unjudged)
    hand_in_recording(page)
    expect(page.locator(".listening li")).to_have_text("Listen0:03.6 to 0:06.1 Learned voice test")


def test_what_is_heard_is_told_with_the_person_for_whom_it_counts_and_marked_in_its_own_lane(
    page: Page, web: Web
) -> None:
    counted = canned_sound.talk()
    del counted.verdict.segments[:]
    counted.verdict.segments.append(canned_sound.segment(0, *FAKE_S, 96.0))
    answer(web, counted)
    hand_in_video(page, talking_film())
    expect(page.locator(".listening li")).to_have_text(
        "Listen0:03.6 to 0:06.2 Person 1, risk 96 of 100; Learned voice test"
    )
    expect(page.locator(".lane-label strong").first).to_have_text("Sound suspected: 0:03.6 to 0:06.1")
    expect(page.locator(".suspected")).to_have_count(1)


def test_sound_stops_when_the_reader_leaves_the_result(page: Page) -> None:
    hand_in_recording(page)
    player = page.locator(".player").element_handle()
    listen(page).click()
    page.get_by_role("button", name="Judge another file").click()
    assert player.evaluate("player => player.paused && !player.isConnected")


def test_a_recording_that_the_browser_cannot_play_keeps_its_lanes(page: Page) -> None:
    page.locator("#file").set_input_files({"name": "odd.wav", "mimeType": "audio/wav", "buffer": b"RIFF" * 20})
    expect(page.locator("#picture")).to_contain_text("This browser cannot play this kind of recording")
    expect(page.locator(".log-mel")).to_be_visible()
    expect(listen(page)).to_be_hidden()


def test_a_reader_with_only_a_keyboard_reaches_player_ruler_stretch_and_listen(page: Page) -> None:
    hand_in_recording(page)
    page.get_by_role("slider", name="Position in the recording").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="risk 94 of 100: jump there")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".listening button").first).to_be_focused()
