"""The page on the real stack: a person drops a photo and reads a verdict."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser import recordings
from tests.support.browser import Camera, grave_accessibility_violations
from tests.support.face_film import face_film
from tests.support.stack import CLI, Stack, by_curl

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


def test_two_analyses_are_found_in_the_history_and_compared(page: Page, photo: Path, camera: Camera) -> None:
    for sample in ("coffee.jpg", "generator_mark.png", "portrait.jpg", "portrait_blended_face.jpg"):
        hand_in(page, photo.with_name(sample))
    page.get_by_role("link", name="History").click()
    page.get_by_role("searchbox").fill("PORTRAIT")
    page.keyboard.press("Enter")
    expect(page.locator("#history-status")).to_contain_text("that match")
    expect(page.get_by_role("link", name="coffee.jpg")).to_have_count(0)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("link", name="coffee.jpg")).to_be_visible()
    for name in ("portrait.jpg", "portrait_blended_face.jpg"):
        page.get_by_role("checkbox", name=f"Compare {name}", exact=True).first.check()
    camera.take(page, "page-history", whole=False)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".plain-media img")).to_have_count(2, timeout=WAIT_MS)
    expect(page.locator("#compare-body")).to_contain_text("Two different files.")
    expect(page.locator("#differences-title")).to_be_visible()
    assert grave_accessibility_violations(page) == []
    camera.take(page, "page-compare", whole=False)


def test_a_link_shows_the_analysis_to_a_stranger_until_it_is_ended(
    page: Page, browser: Browser, photo: Path, camera: Camera
) -> None:
    hand_in(page, photo)
    page.get_by_role("button", name="Share by link").click()
    page.get_by_label("They may see the file itself").check()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("The link", exact=True)
    expect(link).to_be_visible()
    stranger = browser.new_page()
    stranger.goto(link.input_value())
    expect(stranger.locator("#shared-banner")).to_be_visible()
    expect(stranger.get_by_role("img", name="The photo handed in")).to_be_visible()
    camera.take(stranger, "real-shared")
    page.get_by_role("button", name="End the link").click()
    expect(page.locator("#share-note")).to_have_text("The link has ended.")
    stranger.reload()
    expect(stranger.locator("#problem h1")).to_have_text("This link has ended.")
    stranger.close()


def test_what_a_file_was_in_fact_is_kept_and_taken_back(page: Page, photo: Path) -> None:
    hand_in(page, photo)
    page.get_by_label("genuine").check()
    page.get_by_label("How do you know?").fill("The agency's archive has it.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#feedback")).to_contain_text("Saved.")
    page.reload()
    expect(page.locator("#feedback blockquote")).to_have_text("The agency's archive has it.")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#feedback")).to_contain_text("Taken back.")


def test_a_deleted_file_leaves_a_signed_receipt(page: Page, photo: Path) -> None:
    hand_in(page, photo.with_name("cat.jpg"))
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#receipt-title")).to_contain_text("Deleted: the file, one analysis")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the receipt").click()
    checked = subprocess.run([*CLI, "verify", str(download.value.path())], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    expect(page.get_by_role("link", name="cat.jpg")).to_have_count(0)


def test_nothing_is_kept_of_a_photo_when_its_sender_wants_that(page: Page, photo: Path, camera: Camera) -> None:
    page.get_by_role("radio", name="Not at all").check()
    hand_in(page, photo.with_name("portrait_blended_face.jpg"))
    expect(page.locator("#unkept-banner")).to_be_visible()
    page.get_by_role("radio", name="Noise pattern").check()
    expect(page.locator(".heatmap")).to_be_visible()
    camera.take(page, "real-unkept")


def test_a_photo_kept_for_an_hour_says_when_it_will_be_deleted(page: Page, photo: Path) -> None:
    page.get_by_role("radio", name="1 hour at most").check()
    hand_in(page, photo)
    expect(page.locator("#lifetime")).to_contain_text("The file and this analysis will be deleted on")
    expect(page.locator("#lifetime")).to_contain_text("not scanned for malware here")


def test_how_often_it_is_wrong_is_told_from_what_was_measured(page: Page, camera: Camera) -> None:
    page.get_by_role("link", name="How often wrong").click()
    expect(page.locator(".headline li")).to_have_count(4)
    expect(page.locator(".reliability-diagram")).to_be_visible()
    assert grave_accessibility_violations(page) == []
    camera.take(page, "page-how-often-wrong", whole=False)
