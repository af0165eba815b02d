"""How long the server keeps what is handed in, or that it keeps nothing."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from telltale.gateway.v1 import resources_pb2
from tests.browser import canned, canned_operations, canned_pages
from tests.browser.canned_operations import ANALYZE
from tests.browser.sound_steps import judge_recordings
from tests.browser.steps import hand_in, hand_in_and_wait, hand_in_recording
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations, overflow_px

MEDIA = ("GET", f"/v1/{canned_pages.MEDIA}")


def keep_nothing(page: Page, web: Web) -> None:
    """Chooses that nothing is kept, of which the server then answers."""
    web.answers[ANALYZE] = Answer([canned_operations.unkept()])
    page.get_by_role("radio", name="Not at all").check()


def test_without_a_choice_the_operator_decides(page: Page, web: Web) -> None:
    hand_in_and_wait(page)
    assert not {"retention", "time_to_live"} & set(web.uploads()[0].query)


def test_an_hour_is_asked_of_the_server(page: Page, web: Web) -> None:
    page.get_by_role("radio", name="1 hour at most").check()
    hand_in_and_wait(page)
    assert web.uploads()[0].query["time_to_live"] == "3600s"


def test_what_is_kept_can_be_preferred_for_all_files(page: Page, web: Web) -> None:
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("How long this server keeps").select_option(label="Not at all: no history, link or report")
    page.reload()
    page.get_by_role("link", name="Judge").click()
    expect(page.get_by_role("radio", name="Not at all")).to_be_checked()
    hand_in_and_wait(page)
    assert web.uploads()[0].query["retention"] == "RETENTION_NONE"


@pytest.mark.parametrize(("scheme", "width_px"), [("light", 1280), ("dark", 360)])
def test_an_answer_that_was_not_kept_says_so_and_offers_nothing_that_needs_it(
    browser: Browser, web: Web, camera: Camera, scheme: Any, width_px: int
) -> None:
    context = browser.new_context(viewport={"width": width_px, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(web.url)
    keep_nothing(page, web)
    camera.take(page, f"keeping-{scheme}-{width_px}")
    hand_in_and_wait(page)
    expect(page.locator("#unkept-banner")).to_contain_text("Nothing of this was kept.")
    for name in ("Share by link", "Delete", "Download the report", "Save"):
        expect(page.get_by_role("button", name=name)).to_be_hidden()
    expect(page.get_by_role("img", name="The photo handed in")).to_be_visible()
    assert overflow_px(page) == 0
    assert grave_accessibility_violations(page) == []
    camera.take(page, f"unkept-{scheme}-{width_px}")
    context.close()


def test_who_wants_nothing_kept_is_told_that_leaving_ends_the_work(page: Page, web: Web) -> None:
    end = Event()
    keep_nothing(page, web)
    web.answers[ANALYZE] = Answer([b"\n", canned_operations.unkept()], gates=[end])
    hand_in(page)
    expect(page.locator("#busy-note")).to_contain_text("If you leave this page, the work ends")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#start-notice")).to_have_text("Cancelled. There is no verdict, and nothing was kept.")
    end.set()
    assert [each.path for each in web.seen if "operations" in each.path] == []


def test_the_heat_map_is_drawn_from_what_came_with_the_answer(page: Page, web: Web) -> None:
    keep_nothing(page, web)
    hand_in_and_wait(page)
    page.locator('input[name="heatmap"][value="face_spatial"]').check()
    expect(page.locator(".heatmap")).to_be_visible()
    alphas = page.locator(".heatmap").evaluate(
        """async (image) => {
          await image.decode();
          const canvas = Object.assign(document.createElement('canvas'), {width: 8, height: 6});
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0, 8, 6);
          const data = context.getImageData(0, 0, 8, 6).data;
          return [data[4 * (2 * 8 + 3) + 3], data[4 * (5 * 8 + 7) + 3]];
        }"""
    )
    assert (alphas[0] > 100, alphas[1]) == (True, 0)
    assert [each.path for each in web.seen if "/maps/" in each.path] == []


def test_an_answer_that_was_not_kept_is_there_until_the_page_is_loaded_anew(page: Page, web: Web) -> None:
    keep_nothing(page, web)
    hand_in_and_wait(page)
    page.get_by_role("link", name="Settings").click()
    page.go_back()
    expect(page.locator("#unkept-banner")).to_be_visible()
    page.reload()
    expect(page.locator("#problem h1")).to_have_text("This answer was not kept.")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_the_next_answer_that_is_kept_offers_everything_again(page: Page, web: Web) -> None:
    kept = web.answers[ANALYZE]
    keep_nothing(page, web)
    hand_in_and_wait(page)
    page.get_by_role("button", name="Judge another file").click()
    web.answers[ANALYZE] = kept
    hand_in_and_wait(page)
    expect(page.locator("#unkept-banner")).to_be_hidden()
    for name in ("Share by link", "Delete", "Download the report"):
        expect(page.get_by_role("button", name=name)).to_be_visible()


def test_a_recording_that_was_not_kept_is_played_from_the_readers_file(page: Page, web: Web) -> None:
    judge_recordings(web)
    answer = web.answers[ANALYZE].pieces[0].replace(canned.NAME.encode(), b"")
    web.answers[ANALYZE] = Answer([b'{"retention": "RETENTION_NONE", ' + answer[1:]])
    page.get_by_role("radio", name="Not at all").check()
    hand_in_recording(page)
    expect(page.locator("#unkept-banner")).to_be_visible()
    assert [each.path for each in web.seen if each.path.endswith(":download")] == []


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (resources_pb2.SCAN_STATE_CLEAN, "It was scanned for malware, and nothing was found."),
        (resources_pb2.SCAN_STATE_UNSCANNED, "It was not scanned for malware here."),
    ],
)
def test_the_end_of_a_file_and_its_scan_are_told(
    page: Page, web: Web, camera: Camera, scan: resources_pb2.ScanState.ValueType, words: str
) -> None:
    web.answers[ANALYZE] = Answer([canned.to_json(canned_pages.stored())])
    web.answers[MEDIA] = Answer([canned_operations.media(scan)])
    hand_in_and_wait(page)
    expect(page.locator("#lifetime")).to_contain_text("will be deleted on Sep 22, 2026")
    expect(page.locator("#lifetime")).to_contain_text(words)
    camera.take(page, "lifetime")


def test_an_end_that_cannot_be_fetched_is_told(page: Page, web: Web) -> None:
    web.answers[ANALYZE] = Answer([canned.to_json(canned_pages.stored())])
    web.answers[MEDIA] = Answer([canned.error_json("OVERLOADED", "The server is busy.", code=8)], 429)
    hand_in_and_wait(page)
    expect(page.locator("#lifetime")).to_contain_text("could not be fetched. The server is busy.")
