"""Links that end: made, ended, and opened by people without a token."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned, canned_pages
from tests.browser.canned_pages import SECRET
from tests.browser.pictures import heatmap, photo
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations

SHARES = f"/v1/{canned.NAME}/shares"
ROOT = f"/v1/shared/{SECRET}"


@pytest.fixture(autouse=True)
def can_share(web: Web) -> None:
    web.answers["GET", f"/v1/{canned.NAME}"] = Answer([canned.to_json(canned_pages.stored())])
    web.answers["GET", SHARES] = Answer([canned_pages.shares()])
    made = canned_pages.share(secret=SECRET, with_media=True)
    web.answers["POST", SHARES] = Answer([canned.to_json(made)])
    web.answers["DELETE", f"/v1/{made.name}"] = Answer([b"{}"])
    web.answers["GET", ROOT] = Answer([canned.to_json(canned.analysis(verdict_pb2.LABEL_MANIPULATED))])
    web.answers["GET", f"{ROOT}/report"] = Answer([b"%PDF-"], content_type="application/pdf")
    web.answers["GET", f"{ROOT}/maps/face_spatial"] = Answer([heatmap()], content_type="image/png")


def dialog_of(page: Page, web: Web) -> Locator:
    page.goto(f"{web.url}/#/{canned.NAME}")
    page.get_by_role("button", name="Share by link").click()
    return page.get_by_role("dialog", name="Share by link")


def open_link(page: Page, web: Web) -> None:
    page.goto(f"{web.url}/#/shared/{SECRET}")
    expect(page.locator("#result")).to_be_visible()


def test_a_link_is_made_with_its_lifetime_and_shown_once(page: Page, web: Web, camera: Camera) -> None:
    dialog = dialog_of(page, web)
    dialog.get_by_label("30 days").check()
    dialog.get_by_label("They may see the file itself").check()
    web.answers["GET", SHARES] = Answer([canned_pages.shares(canned_pages.share(with_media=True))])
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_label("The link", exact=True)).to_have_value(f"{web.url}/#/shared/{SECRET}")
    [made] = web.calls("POST", SHARES)
    assert json.loads(made.body) == {"timeToLive": "2592000s", "withMedia": True}
    expect(dialog.locator("#share-list")).to_contain_text("with the file")
    assert grave_accessibility_violations(page) == []
    camera.take(page, "share", whole=False)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share by link").click()
    expect(dialog.get_by_label("The link", exact=True)).to_be_hidden()


@pytest.mark.parametrize("allowed", [True, False])
def test_the_link_is_copied_or_marked_for_copying(page: Page, web: Web, allowed: bool) -> None:
    answer = "Promise.resolve()" if allowed else "Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.add_init_script(f"navigator.clipboard.writeText = (text) => {{ window.copied = text; return {answer}; }}")
    page.reload()
    dialog = dialog_of(page, web)
    dialog.get_by_role("button", name="Make a link").click()
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.locator("#share-note")).to_contain_text("Copied." if allowed else "copy it with your keyboard")
    assert page.evaluate("() => window.copied") == f"{web.url}/#/shared/{SECRET}"


def test_a_link_in_force_can_be_ended(page: Page, web: Web) -> None:
    web.answers["GET", SHARES] = Answer([canned_pages.shares(canned_pages.share())])
    end = dialog_of(page, web).get_by_role("button", name="End the link")
    expect(end).to_be_visible()
    web.answers["GET", SHARES] = Answer([canned_pages.shares()])
    end.click()
    expect(page.locator("#share-note")).to_have_text("The link has ended.")
    expect(page.get_by_text("Links in force")).to_be_hidden()


def test_a_refusal_is_told_within_the_dialog(page: Page, web: Web) -> None:
    web.answers["POST", SHARES] = Answer([canned.error_json("INSUFFICIENT_SCOPE", "No scope.", code=7)], 403)
    dialog = dialog_of(page, web)
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.locator("#share-note")).to_contain_text("No scope. Ask whoever runs this server")


def test_a_shared_analysis_is_read_without_a_token_and_without_controls(page: Page, web: Web, camera: Camera) -> None:
    page.evaluate("sessionStorage.setItem('telltale.token', 'my-own')")
    open_link(page, web)
    expect(page.locator("#shared-banner")).to_contain_text("Somebody shared this with you.")
    expect(page.locator("#verdict h1")).to_contain_text("Manipulated")
    expect(page.locator(".heatmap")).to_be_visible()
    for name in ("Delete", "Share by link", "Judge another file", "Save"):
        expect(page.get_by_role("button", name=name)).to_be_hidden()
    expect(page.locator("#picture")).to_contain_text("the link does not include it, or has ended")
    assert {each.authorization for each in web.seen if each.path.startswith("/v1/shared")} == {""}
    assert grave_accessibility_violations(page) == []
    camera.take(page, "shared")


def test_a_shared_file_is_shown_and_the_report_downloaded(page: Page, web: Web) -> None:
    web.answers["GET", f"{ROOT}/media"] = Answer([photo()], content_type="image/jpeg")
    open_link(page, web)
    expect(page.get_by_role("img", name="The photo handed in")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the report").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert web.calls("GET", f"{ROOT}/report")[0].query == {"format": "REPORT_FORMAT_PDF"}


def test_an_ended_link_is_told_kindly(page: Page, web: Web) -> None:
    web.answers["GET", ROOT] = Answer([canned.error_json("NOT_FOUND", "This link leads nowhere.", code=5)], 404)
    page.goto(f"{web.url}/#/shared/{SECRET}")
    expect(page.locator("#problem h1")).to_have_text("This link has ended.")
    expect(page.locator("#problem-advice")).to_contain_text("Ask whoever sent it for a new link")


def test_a_link_that_was_cut_off_is_told_as_such(page: Page, web: Web) -> None:
    refusal = canned.error_json("INVALID_REQUEST", "secret: does not match the pattern", code=3)
    web.answers["GET", "/v1/shared/s3cr"] = Answer([refusal], 400)
    page.goto(f"{web.url}/#/shared/s3cr")
    expect(page.locator("#problem h1")).to_have_text("This link is not whole.")
    expect(page.locator("#problem-advice")).to_contain_text("Copy it again")


def test_the_owners_page_has_its_controls_again_after_a_shared_one(page: Page, web: Web) -> None:
    open_link(page, web)
    page.goto(f"{web.url}/#/{canned.NAME}")
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    expect(page.locator("#shared-banner")).to_be_hidden()
