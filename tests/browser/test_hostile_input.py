"""Nothing that a file or a server says becomes markup."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned, canned_pages
from tests.browser.steps import hand_in, hand_in_and_wait
from tests.browser.web_server import ASSETS, Answer, Web

ATTACK = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>'
MARKUP_FROM_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|DOMParser|srcdoc"
)


def poisoned(value: Any, key: str = "") -> Any:
    """The same answer with the attack in every text but names that the page looks things up by."""
    if isinstance(value, dict):
        return {name: poisoned(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each, key) for each in value]
    kept = key in {"name", "label", "role", "state", "createTime", "completeTime"} and not str(value)[:1].isspace()
    return value if kept or not isinstance(value, str) else f"{value}{ATTACK}"


def test_markup_in_every_text_of_an_analysis_stays_text(page: Page, web: Web) -> None:
    answer = poisoned(json.loads(canned.to_json(canned.analysis(verdict_pb2.LABEL_MANIPULATED))))
    answer["metadata"]["tags"].append({"group": ATTACK, "name": ATTACK, "value": ATTACK})
    web.answers["POST", "/v1/media:analyze"] = Answer([json.dumps(answer).encode()])
    web.answers["GET", "/v1/analyses"] = Answer([json.dumps({"analyses": [answer]}).encode()])
    hand_in_and_wait(page)
    expect(page.locator("#picture figcaption")).to_contain_text(ATTACK)
    page.get_by_role("button", name="Judge another file").click()
    expect(page.locator(".recent-name")).to_contain_text(ATTACK)
    assert page.locator("main script, main img[onerror]").count() == 0
    assert page.evaluate("() => window.attacked") is None


def test_markup_in_the_history_the_comparison_and_a_receipt_stays_text(page: Page, web: Web) -> None:
    first, second = (
        poisoned(json.loads(canned.to_json(each))) for each in (canned_pages.stored(), canned_pages.other())
    )
    web.answers["GET", "/v1/analyses"] = Answer([json.dumps({"analyses": [first, second]}).encode()])
    for each in (first, second):
        web.answers["GET", f"/v1/{each['name']}"] = Answer([json.dumps(each).encode()])
    gone = poisoned(json.loads(canned.to_json(canned_pages.deletion())))
    web.answers["DELETE", f"/v1/{canned.NAME}"] = Answer([json.dumps(gone).encode()])
    page.goto(f"{web.url}/#/history")
    expect(page.locator(".entry-name").first).to_contain_text(ATTACK)
    page.get_by_role("button", name="Delete portrait").click()
    page.get_by_label("This analysis alone").check()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#history-receipt")).to_contain_text(ATTACK)
    page.get_by_role("checkbox", name="Compare ").nth(0).check()
    page.get_by_role("checkbox", name="Compare ").nth(1).check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#compare-body")).to_contain_text(ATTACK)
    assert page.locator("main script, main img[onerror]").count() == 0
    assert page.evaluate("() => window.attacked") is None


def test_markup_in_a_file_name_and_in_an_error_stays_text(page: Page, web: Web) -> None:
    web.answers["POST", "/v1/media:analyze"] = Answer([canned.error_json(ATTACK, ATTACK, code=3)], 400)
    hand_in(page, name=f"{ATTACK}.jpg")
    expect(page.locator("#problem h1")).to_have_text(ATTACK)
    expect(page.locator("#problem-code")).to_contain_text(ATTACK)
    assert page.evaluate("() => window.attacked") is None


@pytest.mark.parametrize("script", sorted(ASSETS.glob("*.js")), ids=lambda path: path.name)
def test_no_script_makes_markup_from_text(script: Any) -> None:
    assert MARKUP_FROM_TEXT.findall(script.read_text("utf-8")) == []


@pytest.mark.parametrize("asset", sorted(ASSETS.iterdir()), ids=lambda path: path.name)
def test_every_asset_is_short_named_for_the_route_and_asks_nothing_of_other_hosts(asset: Any) -> None:
    text = asset.read_text("utf-8")
    assert asset.name in {"index.html", "docs.html"} or re.fullmatch(
        r"[a-z0-9_-]+\.(js|css|svg|png|ico|json)", asset.name
    )
    assert len(text.splitlines()) <= 250 or asset.suffix == ".json"
    assert asset.name == "openapi.json" or set(re.findall(r"https?://[^\"\s]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text) or asset.suffix == ".js"
