"""What tests of several floors share: a browser, and pictures of what it shows.

The browser's library is imported where it is used: the training environment runs tests of its own without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.browser import Camera


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", metavar="DIR", default=None, help="write screenshots of the page's states into this folder"
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from tests.support.browser import CHROMIUM, chromium

    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}; install Debian's chromium to test the page")
    with chromium() as running:
        yield running


@pytest.fixture
def camera(request: pytest.FixtureRequest) -> Camera:
    from tests.support.browser import Camera

    folder = request.config.getoption("--screenshots", default=None)
    return Camera(Path(folder) if folder else None)
