"""What tests of several floors share: a browser, and pictures of what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import CHROMIUM, Browser, Camera, chromium


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", metavar="DIR", default=None, help="write screenshots of the page's states into this folder"
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}; install Debian's chromium to test the page")
    with chromium() as running:
        yield running


@pytest.fixture
def camera(request: pytest.FixtureRequest) -> Camera:
    folder = request.config.getoption("--screenshots", default=None)
    return Camera(Path(folder) if folder else None)
