"""The page on the real stack: a person drops a photo and reads a verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser import recordings
from tests.support.browser import Camera, grave_accessibility_violations
from tests.support.face_film import face_film
from tests.support.stack import Stack, by_curl

WAIT_MS = 60_000


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """The page as `telltale up` prints its address, with the token in the fragment."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    opened.goto(f"{stack.url}/#token={stack.token}")
    yield opened
    context.close()
    assert complaints == []


def _is_complaint(message: ConsoleMessage) -> bool:
    # Of an analysis that nobody said anything of, the server answers that there is no feedback; browsers log that as an error.
    return message.type == "error" and not message.location["url"].endswith("/feedback")


def hand_in(page: Page, photo: Path) -> None:
    page.locator("#file").set_input_files(photo)
    expect(page.locator("#result")).to_be_visible(timeout=WAIT_MS)


def test_a_dropped_photo_gets_a_verdict_with_signals_and_metadata(page: Page, photo: Path, camera: Camera) -> None:
    hand_in(page, photo)
    expect(page.locator("#verdict h1")).not_to_be_empty()
    expect(page.locator("#signals")).to_contain_text("Learned face test")
    expect(page.locator("#metadata")).to_contain_text("JPEG compression")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "page", whole=False)


def test_the_page_shows_the_verdict_that_curl_gets(page: Page, stack: Stack, photo: Path) -> None:
    label, risk, _ = by_curl(stack, photo)
    hand_in(page, photo)
    expect(page.locator("#verdict h1")).to_have_text(f"Verdict {label.capitalize()}")
    expect(page.locator("#verdict")).to_contain_text(f"{risk:.1f} of 100")


def test_the_token_does_not_stay_in_the_address(page: Page) -> None:
    expect(page.locator("#start")).to_be_visible()
    assert "token" not in page.url


def test_a_heatmap_of_the_real_detector_can_be_laid_over_the_photo(page: Page, photo: Path, camera: Camera) -> None:
    hand_in(page, photo.with_name("portrait_blended_face.jpg"))
    page.get_by_role("radio", name="Noise pattern").check()
    expect(page.locator(".heatmap")).to_be_visible()
    assert page.locator(".heatmap").evaluate("image => image.naturalWidth") > 0
    camera.take(page, "real-heatmap")


def test_the_report_holds_the_verdict_and_the_digest(page: Page, photo: Path) -> None:
    hand_in(page, photo)
    page.get_by_label("Format of the report").select_option("REPORT_FORMAT_JSON")
    with page.expect_download() as download:
        page.locator("#report").click()
    report = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert "LABEL_" in json.dumps(report)
    assert len(json.dumps(report).split("mediaSha256")) > 1


def test_an_analysis_can_be_opened_again_from_the_recent_list(page: Page, photo: Path) -> None:
    hand_in(page, photo)
    page.locator("#another").click()
    page.locator("#recent-list a, #recent-list button").first.click()
    expect(page.locator("#result")).to_be_visible(timeout=WAIT_MS)


def test_a_dropped_video_gets_a_player_with_marked_faces_and_a_timeline(
    page: Page, photo: Path, camera: Camera
) -> None:
    film = face_film(photo, 4)
    page.locator("#file").set_input_files({"name": "walk.mp4", "mimeType": "video/mp4", "buffer": film})
    expect(page.locator("#result")).to_be_visible(timeout=WAIT_MS)
    timeline = page.get_by_role("region", name="Timeline")
    for lane in ("Person 1", "Learned movement test", "Learned face test"):
        expect(timeline).to_contain_text(lane)
    expect(page.locator("figcaption")).to_contain_text("Looked at all of it, 4.0 s")
    expect(page.get_by_role("slider", name="Position in the video")).to_have_attribute("aria-valuemax", "4.0")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "real-video")


def test_a_dropped_recording_gets_a_player_a_map_of_its_sound_and_a_verdict(page: Page, camera: Camera) -> None:
    page.locator("#file").set_input_files({"name": "voice.wav", "mimeType": "audio/wav", "buffer": recordings.wav()})
    expect(page.locator("#result")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("#verdict h1")).not_to_be_empty()
    length = f"0:0{recordings.LENGTH_S}.0"
    expect(page.get_by_role("img", name=f"Loudness by frequency from 0 to 8 kHz, 0:00 to {length}")).to_be_visible()
    expect(page.locator("figcaption")).to_contain_text("Listened to all of it, 8.0 s")
    expect(page.get_by_role("region", name="Signals without an opinion")).to_contain_text("Learned voice test")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "real-recording")
