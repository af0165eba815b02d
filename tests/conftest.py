"""What tests of several floors share: the whole stack, a photo, a browser, and pictures of what it shows.

Libraries are imported where they are used: the training environment runs tests of its own without them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.browser import Camera
    from tests.support.postgres import Postgres
    from tests.support.stack import Stack

PHOTO = Path(__file__).resolve().parent.parent / "samples" / "portrait.jpg"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", metavar="DIR", default=None, help="write screenshots of the page's states into this folder"
    )
    parser.addoption("--mutants", metavar="COUNT", type=int, default=None, help="damaged files per kind, in tests/fuzz")
    parser.addoption("--requests", metavar="COUNT", type=int, default=None, help="odd requests, in tests/fuzz/requests")
    parser.addoption("--seed", type=int, default=1, help="where chance begins, in tests/fuzz")


@pytest.fixture(scope="session")
def photo() -> Path:
    return PHOTO


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    from tests.support.stack import running_stack

    with running_stack(tmp_path_factory.mktemp("stack") / "state") as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of the tests' own. Who kills it starts it again."""
    from tests.support.postgres import MISSING, postgres_programs, running_postgres

    if postgres_programs() is None:
        pytest.skip(MISSING)
    with running_postgres() as running:
        yield running


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """SQLAlchemy URL of an empty database."""
    name = f"test_{uuid.uuid4().hex}"
    yield postgres.cluster.create(name)
    postgres.cluster.drop(name)


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
