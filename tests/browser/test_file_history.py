"""How the file came to be, and why nobody could tell."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned, canned_pages
from tests.browser.steps import hand_in_and_wait
from tests.browser.web_server import Answer, Web

ANALYZE = ("POST", "/v1/media:analyze")


def test_earlier_compressions_and_the_preview_are_shown_without_blame(page: Page, web: Web) -> None:
    web.answers[ANALYZE] = Answer([canned.to_json(canned_pages.with_history(canned_pages.stored()))])
    hand_in_and_wait(page)
    card = page.locator(".card").filter(has_text="Earlier JPEG compressions")
    expect(card).to_contain_text("No traces: 3.3 times likelier that it was not.")
    expect(card).to_contain_text("Clear traces: 99 times likelier than not.")
    expect(card).to_contain_text("about 72 of 100")
    expect(card).to_contain_text("no sign of manipulation by itself")
    expect(page.locator(".card").filter(has_text="Preview inside the file")).to_contain_text("0.31")


def test_a_photo_that_was_saved_once_has_no_earlier_quality_or_grid(page: Page, web: Web) -> None:
    once = json.loads(canned.to_json(canned.analysis(verdict_pb2.LABEL_AUTHENTIC)))
    once["metadata"]["jpegHistory"] = {"firstQuality": 0, "gridOffsetXPx": 0, "gridOffsetYPx": 0, "blocks": 4800}
    web.answers[ANALYZE] = Answer([json.dumps(once).encode()])
    hand_in_and_wait(page)
    terms = page.locator(".card").filter(has_text="Earlier JPEG compressions").locator("dt")
    expect(terms).to_have_text(["Saved before", "Saved, then cropped or moved", "Measured on"])


def test_the_container_says_who_wrote_it_and_what_stands_out(page: Page, web: Web) -> None:
    web.answers[ANALYZE] = Answer([canned.to_json(canned_pages.with_container(canned_pages.stored()))])
    hand_in_and_wait(page)
    card = page.locator(".card").filter(has_text="Container")
    expect(card).to_contain_text("before the media, as programs write it")
    expect(card).to_contain_text("Track 1, video: avc1 High@4.0; VideoHandler; 1 edit")
    expect(card).to_contain_text("Writer of program (program: Lavf60.16.100)")


def test_an_inconclusive_verdict_says_why_nobody_could_tell(page: Page, web: Web) -> None:
    unsure = canned.analysis(verdict_pb2.LABEL_INCONCLUSIVE)
    unsure.verdict.doubt = verdict_pb2.DOUBT_OUT_OF_RANGE
    web.answers[ANALYZE] = Answer([canned.to_json(unsure)])
    hand_in_and_wait(page)
    expect(page.locator(".doubt")).to_have_text("Reason: a file outside the tested range")


def test_a_verdict_that_takes_a_side_gives_no_reason_for_doubt(page: Page, web: Web) -> None:
    sure = json.loads(canned.to_json(canned.analysis(verdict_pb2.LABEL_MANIPULATED)))
    sure["verdict"]["doubt"] = "DOUBT_UNSPECIFIED"
    web.answers[ANALYZE] = Answer([json.dumps(sure).encode()])
    hand_in_and_wait(page)
    expect(page.locator(".doubt")).to_have_count(0)
