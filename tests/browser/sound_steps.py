"""What a reader does on the page with sound, and what the server then answers."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser import canned, canned_sound
from tests.browser.canned_sound import MEDIA
from tests.browser.films import talking_film
from tests.browser.recordings import wav
from tests.browser.steps import hand_in_video
from tests.browser.web_server import Answer, Web

ANALYZE = ("POST", "/v1/media:analyze")
GET = ("GET", f"/v1/{canned.NAME}")
DOWNLOAD = ("GET", f"/v1/{MEDIA}:download")
MARKED = "0:03.6 to 0:06.2"
LISTEN = f"Listen from {MARKED}"


def judge_recordings(web: Web) -> None:
    """Makes the server judge every file as a synthetic recording, and keep it."""
    answer(web, canned_sound.recording())
    web.answers[DOWNLOAD] = Answer([wav()], content_type="audio/wav")


def answer(web: Web, analysis: Any) -> None:
    """Makes the server give this analysis."""
    for key in (ANALYZE, GET):
        web.answers[key] = Answer([canned.to_json(analysis)])


def hand_in_talk(page: Page, web: Web) -> None:
    """Chooses a video with sound."""
    answer(web, canned_sound.talk())
    hand_in_video(page, talking_film())


def listen(page: Page) -> Locator:
    """The button that plays the marked stretch."""
    return page.get_by_role("button", name=LISTEN)
