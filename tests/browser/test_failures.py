"""Every reason for which there is no answer comes with what to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from telltale.common.v1 import errors_pb2
from tests.browser import canned
from tests.browser.steps import hand_in
from tests.browser.web_server import Answer, Web

ANALYZE = ("POST", "/v1/media:analyze")
PREFIX = "ERROR_REASON_"
# Faults of the server, which the reader can only pass on with their code, and what is no answer to a file.
UNTOLD = {
    "UNSPECIFIED",
    "INTERNAL",
    "INVALID_REQUEST",
    "UNKNOWN_FIELD",
    "MODEL_INVALID",
    "MODEL_UNTRUSTED",
    "CHANNEL_CHANGED",
    "PROMOTION_REFUSED",
    "INVALID_SETTINGS",
    "SANDBOX_UNAVAILABLE",
    "WEBHOOK_REFUSED",
}


def refuse(page: Page, web: Web, reason: str, retry_after_s: int = 0) -> None:
    """Hands in a file that the server refuses."""
    answer = canned.error_json(reason, "Why it is so.", code=9, retry_after_s=retry_after_s)
    web.answers[ANALYZE] = Answer([answer], 400)
    hand_in(page)
    expect(page.locator("#problem h1")).to_have_text("Why it is so.")


@pytest.mark.parametrize("reason", ["MEDIA_INFECTED", "MEDIA_TOO_LONG", "NOT_CONFIGURED"])
def test_what_lies_in_the_file_or_the_server_is_not_tried_again(page: Page, web: Web, reason: str) -> None:
    refuse(page, web, reason)
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    expect(page.locator("#problem-code")).to_have_text(f"Code: {reason}")


@pytest.mark.parametrize(
    ("reason", "retry_after_s", "advice"),
    [
        ("QUOTA_EXCEEDED", 7200, "Try again in 2 hours. Whoever runs this server can allow your token more."),
        ("TOO_MANY_NEAR_DUPLICATES", 61, "their number is limited. Try again in 2 minutes."),
        ("SCANNER_UNAVAILABLE", 5, "Try again in 5 seconds. If it stays so"),
        ("STORAGE_UNAVAILABLE", 0, "is not lost. Try again shortly."),
        ("EXPIRED_TOKEN", 1, "Ask for a new token and try again. Try again in 1 second."),
    ],
)
def test_the_time_to_wait_is_told(page: Page, web: Web, reason: str, retry_after_s: int, advice: str) -> None:
    refuse(page, web, reason, retry_after_s)
    expect(page.locator("#problem-advice")).to_contain_text(advice)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_every_reason_of_the_contract_has_its_advice(page: Page) -> None:
    reasons = {name.removeprefix(PREFIX) for name, _ in errors_pb2.ErrorReason.items()} - UNTOLD
    general = page.evaluate("async () => new (await import('/assets/failures.js')).Failure('', '').advice")
    advice = page.evaluate(
        "async (reasons) => { const {Failure} = await import('/assets/failures.js');"
        " return reasons.map((reason) => [reason, new Failure(reason, '').advice]); }",
        sorted(reasons),
    )
    assert [reason for reason, words in advice if words == general or "{" in words] == []
