"""The page in Chromium, before a server that answers what a test wants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned
from tests.browser.pictures import heatmap
from tests.browser.web_server import ASSETS, Answer, Web, serving

PATIENCE = (ASSETS / "patience.js").read_bytes()
IMPATIENCE = re.sub(rb"(?<=_MS = )[^;]*;", lambda found: b"[10, 20];" if found[0][:1] == b"[" else b"50;", PATIENCE)


@pytest.fixture
def web() -> Iterator[Web]:
    """A server that judges every file as manipulated and has no earlier analyses."""
    with serving() as running:
        running.assets["patience.js"] = IMPATIENCE
        running.answers["GET", "/v1/analyses"] = Answer([canned.listing()])
        running.answers["GET", f"/v1/{canned.NAME}/report"] = Answer([b'{"report": 1}'])
        for cue in ("face_spatial", "noise_residual"):
            running.answers["GET", f"/v1/{canned.NAME}/maps/{cue}"] = Answer([heatmap()], content_type="image/png")
        judge_as(running, verdict_pb2.LABEL_MANIPULATED)
        yield running


@pytest.fixture
def options() -> dict[str, Any]:
    """Settings of the browser window; a test module or a parameter may replace them."""
    return {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture
def page(browser: Browser, web: Web, options: dict[str, Any]) -> Iterator[Page]:
    """The page's start; the test fails when the page threw or broke its content security policy."""
    context = browser.new_context(**options)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    opened.goto(web.url)
    yield opened
    context.close()
    assert complaints == []


def judge_as(web: Web, label: verdict_pb2.Label.ValueType, **changes: str) -> None:
    """Makes the server answer every file with the label."""
    web.answers["POST", "/v1/media:analyze"] = Answer([canned.to_json(canned.analysis(label, **changes))])
    web.answers["GET", f"/v1/{canned.NAME}"] = Answer([canned.to_json(canned.analysis(label, **changes))])
