"""What a reader does on the page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.films import film
from tests.browser.pictures import photo
from tests.browser.recordings import wav


def hand_in(page: Page, name: str = "portrait.jpg", data: bytes | None = None) -> None:
    """Chooses a file."""
    content = photo() if data is None else data
    page.locator("#file").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


def hand_in_video(page: Page, data: bytes | None = None) -> None:
    """Chooses a video and waits for the verdict and the player."""
    content = film() if data is None else data
    page.locator("#file").set_input_files({"name": "interview.webm", "mimeType": "video/webm", "buffer": content})
    expect(page.locator("#result")).to_be_visible()
    player_is_ready(page)


def hand_in_recording(page: Page) -> None:
    """Chooses a recording and waits for the verdict and the player."""
    page.locator("#file").set_input_files({"name": "voice.wav", "mimeType": "audio/wav", "buffer": wav()})
    expect(page.locator("#result")).to_be_visible()
    player_is_ready(page)


def player_is_ready(page: Page) -> None:
    """Waits until there is something to see or to hear."""
    page.wait_for_function("() => document.querySelector('.player')?.readyState >= 2")


def hand_in_and_wait(page: Page) -> None:
    """Chooses a photo and waits for the verdict."""
    hand_in(page)
    expect(page.locator("#result")).to_be_visible()
