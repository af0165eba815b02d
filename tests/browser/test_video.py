"""A video goes in; a player with marked faces and a timeline that leads through it come out."""

from __future__ import annotations

import json
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned, canned_video
from tests.browser.films import head
from tests.browser.pictures import photo
from tests.browser.steps import hand_in, hand_in_video
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations, overflow_px

ANALYZE = ("POST", "/v1/media:analyze")
SWAPPED = "Person 1, 0:02.5 to 0:05.0, risk 96 of 100: jump there"
SECOND = "Person 2, 0:05.5 to 0:06.2, risk 71 of 100: jump there"


@pytest.fixture(autouse=True)
def judges_videos(web: Web) -> None:
    answer(web, canned_video.analysis())


def answer(web: Web, analysis: Any) -> None:
    for key in (ANALYZE, ("GET", f"/v1/{canned.NAME}")):
        web.answers[key] = Answer([canned.to_json(analysis)])


def now_s(page: Page) -> float:
    return float(page.locator(".player").evaluate("player => player.currentTime"))


def until_s(page: Page, time_s: float) -> None:
    """Waits until the player is there."""
    page.wait_for_function("time => Math.abs(document.querySelector('.player').currentTime - time) < 0.06", arg=time_s)


def ruler(page: Page) -> Any:
    return page.get_by_role("slider", name="Position in the video")


def test_a_video_is_shown_in_a_player_with_its_facts(page: Page) -> None:
    hand_in_video(page)
    assert page.locator(".player").evaluate("player => player.videoWidth") == 480
    expect(page.locator("figcaption")).to_contain_text("480 × 270 pixels · 0:08.0 · 12 pictures a second")
    expect(page.locator("figcaption")).to_contain_text("Looked at 6.9 s of 8.0 s. Asked for: half a minute")


def test_a_suspicious_stretch_leads_there_by_click(page: Page) -> None:
    hand_in_video(page)
    page.get_by_role("button", name=SWAPPED).click()
    until_s(page, 2.5)
    expect(ruler(page)).to_have_attribute(
        "aria-valuetext", "0:02.5 of 0:08.0; Person 1, 0:02.5 to 0:05.0, risk 96 of 100"
    )


def test_stretches_are_walked_by_arrow_keys_and_entered_by_enter(page: Page) -> None:
    hand_in_video(page)
    page.get_by_role("button", name=SWAPPED).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=SECOND)).to_be_focused()
    page.keyboard.press("Enter")
    until_s(page, 5.5)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=SECOND)).to_be_focused()


def test_the_ruler_moves_the_player_by_keyboard(page: Page) -> None:
    hand_in_video(page)
    ruler(page).focus()
    for key, time_s in [("ArrowRight", 0.5), ("PageUp", 1.3), ("ArrowLeft", 0.8), ("End", 8.0), ("Home", 0.0)]:
        page.keyboard.press(key)
        expect(ruler(page)).to_have_attribute("aria-valuenow", f"{time_s:.1f}")
    until_s(page, 0.0)


def test_a_click_on_a_lane_leads_to_that_moment(page: Page) -> None:
    hand_in_video(page)
    lane = page.locator(".lane-cue").first
    size = lane.bounding_box()
    assert size is not None
    lane.click(position={"x": size["width"] * 0.75, "y": 5})
    until_s(page, 6.0)


def test_there_is_a_lane_for_every_person_and_for_every_signal_that_speaks_of_time(page: Page) -> None:
    hand_in_video(page)
    expect(page.locator(".lane-person")).to_have_count(2)
    expect(page.locator(".lane-cue")).to_have_count(10)
    motion = page.get_by_role("img", name="Learned movement test, Person 1: strongest at 0:02.6")
    expect(motion).to_have_count(1)


def test_bars_tell_by_height_and_colour_how_much_a_signal_speaks_for_manipulation(page: Page) -> None:
    hand_in_video(page)
    bars = page.locator(".lane-cue").first.locator("rect")
    heights = dict(bars.evaluate_all("all => all.map((bar) => [bar.className.baseVal, bar.height.baseVal.value])"))
    assert set(heights) == {"bar-quiet", "bar-some", "bar-strong"}
    assert heights["bar-quiet"] < heights["bar-some"] < heights["bar-strong"]


def test_what_was_not_looked_at_is_left_hatched(page: Page) -> None:
    hand_in_video(page)
    looked = page.locator(".lane-person").first.locator(".examined")
    widths = looked.evaluate_all("all => all.map((each) => [each.style.left, each.style.width])")
    assert [[float(value.rstrip("%")) for value in pair] for pair in widths] == [[0, 80], [93.75, 6.25]]


@pytest.mark.parametrize("time_s", [1.0, 3.5])
def test_faces_are_marked_where_they_are_between_two_looks(page: Page, time_s: float) -> None:
    hand_in_video(page)
    page.locator(".player").evaluate("(player, time) => (player.currentTime = time)", time_s)
    until_s(page, time_s)
    first = page.locator(".face").first
    expect(first).to_have_text("Person 1" if time_s < 2.5 else "Person 1: risk 96")
    stage, face = page.locator(".stage").bounding_box(), first.bounding_box()
    assert stage is not None
    assert face is not None
    assert (face["x"] - stage["x"]) / stage["width"] == pytest.approx(head(0, time_s)[0], abs=0.01)


def test_faces_are_not_marked_where_nobody_looked_nor_when_the_reader_does_not_want_it(page: Page) -> None:
    hand_in_video(page)
    page.locator(".player").evaluate("player => (player.currentTime = 1)")
    expect(page.locator(".face:visible")).to_have_count(2)
    page.get_by_role("checkbox", name="Mark the faces").uncheck()
    expect(page.locator(".face:visible")).to_have_count(0)
    page.get_by_role("checkbox", name="Mark the faces").check()
    page.locator(".player").evaluate("player => (player.currentTime = 6.7)")
    expect(page.locator(".face:visible")).to_have_count(0)


def test_boxes_follow_the_playing_video(page: Page) -> None:
    hand_in_video(page)
    page.locator(".player").evaluate("player => { player.muted = true; return player.play(); }")
    page.wait_for_function("() => document.querySelector('.player').currentTime > 1")
    left = "() => parseFloat(document.querySelector('.face').style.left)"
    before = page.evaluate(left)
    page.wait_for_function(f"before => ({left})() !== before", arg=before)


def test_the_worst_moments_are_pictures_that_lead_there(page: Page) -> None:
    hand_in_video(page)
    moments = page.get_by_role("region", name="Worst moments").get_by_role("button")
    expect(moments).to_have_count(2)
    expect(moments.first).to_contain_text("0:03.6")
    expect(moments.first).to_contain_text("Person 1, risk 96 of 100")
    expect(page.locator(".moment canvas:visible")).to_have_count(2)
    colours = "canvas => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    assert page.locator(".moment canvas").first.evaluate(colours) > 20
    moments.nth(1).click()
    until_s(page, 4.7)


def test_without_marked_frames_the_worst_moments_are_the_middles_of_the_stretches(page: Page, web: Web) -> None:
    analysis = canned_video.analysis()
    for piece in analysis.evidence:
        del piece.finding.regions[:]
    answer(web, analysis)
    hand_in_video(page)
    moments = page.get_by_role("region", name="Worst moments").get_by_role("button")
    expect(moments).to_have_count(2)
    expect(moments.first).to_contain_text("0:03.8")


def test_an_authentic_video_has_no_worst_moments_and_accuses_nobody(page: Page, web: Web) -> None:
    answer(web, canned_video.analysis(verdict_pb2.LABEL_AUTHENTIC))
    hand_in_video(page)
    expect(page.locator(".moments")).to_have_count(0)
    expect(page.locator(".stretch")).to_have_count(0)
    expect(page.locator(".lane-row").filter(has_text="Person 1")).to_contain_text("no suspicious stretch")


def test_a_video_without_faces_says_that_there_is_no_timeline(page: Page, web: Web) -> None:
    analysis = canned_video.analysis(verdict_pb2.LABEL_INCONCLUSIVE)
    del analysis.tracks[:]
    del analysis.evidence[:]
    answer(web, analysis)
    hand_in_video(page)
    expect(page.locator(".timeline")).to_contain_text("No signal gave a timeline for this video.")
    expect(page.get_by_role("checkbox", name="Mark the faces")).to_have_count(0)


def test_an_earlier_video_shows_its_timeline_without_a_player(page: Page) -> None:
    hand_in_video(page)
    page.reload()
    expect(page.locator("#picture")).to_contain_text("The video itself is not shown")
    page.get_by_role("button", name=SWAPPED).click()
    expect(ruler(page)).to_have_attribute("aria-valuenow", "2.5")
    expect(page.locator(".moment canvas:visible")).to_have_count(0)


def test_a_video_that_the_browser_cannot_play_keeps_its_timeline(page: Page) -> None:
    page.locator("#file").set_input_files({"name": "odd.avi", "mimeType": "video/x-msvideo", "buffer": b"RIFF" * 20})
    expect(page.locator("#picture")).to_contain_text("This browser cannot play this kind of video")
    page.get_by_role("button", name=SWAPPED).click()
    expect(ruler(page)).to_have_attribute("aria-valuenow", "2.5")


def test_a_photo_after_a_video_is_shown_as_a_photo(page: Page, web: Web) -> None:
    hand_in_video(page)
    answer(web, canned.analysis(verdict_pb2.LABEL_AUTHENTIC))
    page.get_by_role("button", name="Judge another file").click()
    hand_in(page, data=photo())
    expect(page.locator(".photo")).to_be_visible()
    expect(page.locator(".player, .timeline")).to_have_count(0)


def test_the_depth_is_chosen_beside_the_file_and_standard_at_first(page: Page, web: Web) -> None:
    hand_in_video(page)
    page.get_by_role("button", name="Judge another file").click()
    page.get_by_role("radio", name="Quick").check()
    hand_in_video(page)
    assert [each.query["depth"] for each in web.uploads()] == ["DEPTH_STANDARD", "DEPTH_QUICK"]


def test_waiting_tells_how_far_every_detector_is(page: Page, web: Web, camera: Camera) -> None:
    further, end = Event(), Event()
    pieces = [canned_video.running(0.5, 0), canned_video.running(1, 0.4), canned_video.analysis()]
    web.answers[ANALYZE] = Answer([canned.to_json(each) for each in pieces], gates=[further, end])
    page.locator("#file").set_input_files({"name": "a.webm", "mimeType": "video/webm", "buffer": b"x"})
    expect(page.locator("#busy-detectors")).to_contain_text("Picture: at work, 50% done")
    expect(page.locator("#busy-bar")).to_have_js_property("value", 50)
    further.set()
    expect(page.locator("#busy-detectors")).to_contain_text("Movement over time: at work, 40% done")
    expect(page.locator("#busy-bar")).to_have_js_property("value", 80)
    camera.take(page, "waiting-video")
    end.set()
    expect(page.locator("#result")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [360, 768, 1280])
def test_a_judged_video_fits_and_is_readable(
    browser: Browser, web: Web, camera: Camera, scheme: Any, width_px: int
) -> None:
    context = browser.new_context(
        viewport={"width": width_px, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(web.url)
    hand_in_video(page)
    page.get_by_role("button", name=SWAPPED).click()
    until_s(page, 2.5)
    expect(page.locator(".moment canvas:visible")).to_have_count(2)
    assert overflow_px(page) == 0
    assert grave_accessibility_violations(page) == []
    camera.take(page, f"video-{scheme}-{width_px}")
    context.close()


def test_a_reader_with_only_a_keyboard_reaches_ruler_stretches_and_moments(page: Page) -> None:
    hand_in_video(page)
    page.get_by_role("checkbox", name="Mark the faces").focus()
    page.keyboard.press("Tab")
    expect(ruler(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=SWAPPED)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".moment").first).to_be_focused()


def test_markup_in_names_of_signals_stays_text(page: Page, web: Web) -> None:
    document = json.loads(canned.to_json(canned_video.analysis()))
    document["evidence"][0]["cue"] = "<img src=x onerror=alert(1)>"
    web.answers[ANALYZE] = Answer([json.dumps(document).encode()])
    hand_in_video(page)
    expect(page.locator(".timeline")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator(".timeline img").count() == 0
