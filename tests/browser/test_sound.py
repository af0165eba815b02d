"""A recording goes in; lanes of its sound come out, aligned with those of people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned, canned_sound
from tests.browser.canned_sound import BANDS, COLUMNS, FAKE_S
from tests.browser.recordings import LENGTH_S
from tests.browser.sound_steps import ANALYZE, answer, hand_in_talk, judge_recordings
from tests.browser.steps import hand_in_recording, hand_in_video
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations, overflow_px


@pytest.fixture(autouse=True)
def judges_recordings(web: Web) -> None:
    judge_recordings(web)


def pixel(page: Page, column: int, band: int) -> list[int]:
    """Red, green, blue and opacity of one cell of the map."""
    place = [column, BANDS - 1 - band]
    read = "(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data]"
    return list(page.locator(".log-mel").evaluate(read, place))


def edges(mark: Locator) -> list[list[float]]:
    """Left edge and width of marks, in seconds."""
    styles = mark.evaluate_all("all => all.map((each) => [each.style.left, each.style.width])")
    return [[float(value.rstrip("%")) / 100 * LENGTH_S for value in pair] for pair in styles]


def test_a_recording_is_decoded_by_a_player_with_its_facts(page: Page) -> None:
    hand_in_recording(page)
    player = page.locator("audio.player")
    assert player.evaluate("player => player.duration") == pytest.approx(LENGTH_S, abs=0.01)
    expect(page.locator("figcaption")).to_contain_text("voice.wav · audio/wav · 0:08.0 · sound pcm_s16le, 16 kHz, mono")
    expect(page.locator("figcaption")).to_contain_text("Listened to 6.9 s of 8.0 s. Asked for: five minutes")
    expect(page.locator("video, .moments, .layers:visible")).to_have_count(0)


def test_the_map_is_bright_where_it_is_loud_and_clear_where_nobody_listened(page: Page) -> None:
    hand_in_recording(page)
    expect(page.get_by_role("img", name="Loudness by frequency from 0 to 8 kHz, 0:00 to 0:08.0")).to_be_visible()
    spoken, silent, unheard = (round(time_s / LENGTH_S * COLUMNS) for time_s in (1.7, 3.3, 7.0))
    greens = [pixel(page, column, 20)[1] for column in (spoken, silent)]
    assert greens[0] > greens[1] + 40
    assert [pixel(page, column, 20)[3] for column in (spoken, unheard)] == [255, 0]


def test_low_frequencies_lie_at_the_bottom_of_the_map(page: Page) -> None:
    hand_in_recording(page)
    column = round(1.7 / LENGTH_S * COLUMNS)
    assert pixel(page, column, 10)[1] > pixel(page, column, BANDS - 1)[1]


def test_speech_and_suspicion_are_marked_where_they_are(page: Page) -> None:
    hand_in_recording(page)
    assert edges(page.locator(".speech")) == [pytest.approx([0.4, 2.6]), pytest.approx([3.6, 2.6])]
    [[start, length]] = edges(page.locator(".suspicion"))
    assert [start, start + length] == pytest.approx(FAKE_S, abs=0.2)
    expect(page.get_by_role("img", name="Speech: 0:00.4 to 0:03.0, 0:03.6 to 0:06.2")).to_have_count(1)


def test_every_test_of_the_sound_has_a_lane_without_a_person(page: Page) -> None:
    hand_in_recording(page)
    expect(page.locator(".lane-person")).to_have_count(1)
    expect(page.locator(".lane-row").filter(has=page.locator(".lane-person"))).to_contain_text("Sound")
    voice = page.get_by_role("img", name="Learned voice test, Sound: strongest at")
    assert voice.locator(".bar-strong").count() > 0
    expect(page.get_by_role("img", name="Seams in the sound, Sound")).to_have_count(1)


def test_a_video_has_a_curve_of_the_lips_for_every_person(page: Page, web: Web) -> None:
    hand_in_talk(page, web)
    rows = page.locator(".lane-row-axis")
    expect(rows.filter(has_text="Lips and sound: 80 ms apart, the sound comes late")).to_have_count(1)
    expect(rows.filter(has_text="Lips and sound: no offset fits clearly")).to_have_count(1)
    curve = page.get_by_role("img", name="Person 1, lips and sound: 80 ms apart").locator(".curve-point")
    drawn = curve.evaluate_all("all => all.map((each) => [each.getAttribute('d'), each.getAttribute('opacity')])")
    first, last = drawn[0], drawn[-1]
    height = float(first[0].split("L")[0].split()[1])
    assert -110 <= height <= -50
    assert last[0].endswith(" 400")
    assert float(last[1]) < 0.3 < float(first[1])


def test_lanes_of_sound_and_of_people_share_one_scale(page: Page, web: Web) -> None:
    hand_in_talk(page, web)
    lanes = page.locator(".lane").evaluate_all(
        "all => all.map((each) => { const {left, right} = each.getBoundingClientRect(); return `${left} ${right}`; })"
    )
    assert len(lanes) > 10
    assert len(set(lanes)) == 1


def test_a_video_without_sound_only_says_that_it_has_none(page: Page, web: Web) -> None:
    answer(web, canned_sound.silent_film())
    hand_in_video(page)
    expect(page.locator(".lane-log-mel, .lane-speech, .lane-curve, .listening:visible")).to_have_count(0)
    silent = page.get_by_role("region", name="Signals without an opinion")
    for name in ("Learned voice test", "Lips against sound", "Seams in the sound"):
        expect(silent.get_by_role("listitem").filter(has_text=name)).to_contain_text("There is no sound")
    expect(page.locator("figcaption")).not_to_contain_text("Listened")


def test_the_sound_lies_above_the_people(page: Page, web: Web) -> None:
    hand_in_talk(page, web)
    expect(page.locator(".lane-label strong")).to_contain_text(["Sound", "Person 1", "Person 2"])


def test_an_authentic_recording_accuses_nothing(page: Page, web: Web) -> None:
    answer(web, canned_sound.recording(verdict_pb2.LABEL_AUTHENTIC))
    hand_in_recording(page)
    expect(page.locator(".stretch, .suspicion, .listening:visible")).to_have_count(0)


def test_a_map_that_lacks_cells_is_not_drawn(page: Page, web: Web) -> None:
    broken = canned_sound.recording()
    broken.soundtrack.log_mel.values = b"\x80" * 100
    answer(web, broken)
    hand_in_recording(page)
    expect(page.locator(".log-mel")).to_have_count(0)
    expect(page.locator(".lane-speech")).to_be_visible()


def test_recordings_can_be_chosen_and_are_spoken_of(page: Page, web: Web) -> None:
    expect(page.locator("#file")).to_have_attribute("accept", "image/*,video/*,audio/*")
    expect(page.locator("#start-title")).to_contain_text("recording")
    page.get_by_role("radio", name="Quick").check()
    hand_in_recording(page)
    assert web.uploads()[0].query["depth"] == "DEPTH_QUICK"


def test_a_recording_that_nobody_could_listen_to_says_that_there_is_no_timeline(page: Page, web: Web) -> None:
    deaf = canned_sound.recording(verdict_pb2.LABEL_INCONCLUSIVE)
    deaf.ClearField("soundtrack")
    del deaf.evidence[:]
    answer(web, deaf)
    hand_in_recording(page)
    expect(page.locator(".timeline")).to_contain_text("No signal gave a timeline for this recording.")
    expect(page.locator("figcaption")).not_to_contain_text("Listened")


def test_markup_in_names_of_the_sound_stays_text(page: Page, web: Web) -> None:
    document = json.loads(canned.to_json(canned_sound.recording()))
    document["soundtrack"]["codec"] = "<img src=x onerror=alert(1)>"
    web.answers[ANALYZE] = Answer([json.dumps(document).encode()])
    hand_in_recording(page)
    expect(page.locator("figcaption")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#picture img").count() == 0


@pytest.mark.parametrize("kind", ["recording", "talk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [360, 1280])
def test_judged_sound_fits_and_is_readable(
    browser: Browser, web: Web, camera: Camera, scheme: Any, width_px: int, kind: str
) -> None:
    context = browser.new_context(
        viewport={"width": width_px, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(web.url)
    if kind == "talk":
        hand_in_talk(page, web)
    else:
        hand_in_recording(page)
    page.get_by_role("button", name="Sound, 0:03.6 to 0:06.2, risk 94 of 100: jump there").click()
    assert overflow_px(page) == 0
    assert grave_accessibility_violations(page) == []
    camera.take(page, f"sound-{kind}-{scheme}-{width_px}")
    context.close()
