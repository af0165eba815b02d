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
    from tests.support.buckets import Gcs, ObjectStore
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


class Impatient:
    """Names what fails at once: of a run that is stopped nobody sees the summary."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            crash = getattr(report.longrepr, "reprcrash", None)
            terminal.write_line(f"\n{report.when} of {report.nodeid} failed: {getattr(crash, 'message', '')[:300]}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Impatient(config))


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
def moto() -> Iterator[ObjectStore]:
    from tests.support.buckets import running_moto

    with running_moto() as running:
        yield running


@pytest.fixture(scope="session")
def seaweed() -> Iterator[ObjectStore]:
    from tests.support.buckets import MISSING, WEED, running_seaweed

    if not WEED.exists():
        pytest.skip(MISSING)
    with running_seaweed() as running:
        yield running


@pytest.fixture(scope="session")
def gcs() -> Iterator[Gcs]:
    from tests.support.buckets import running_gcs

    with running_gcs() as running:
        yield running


@pytest.fixture
def moto_url(moto: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place in an empty bucket of moto, and what this process needs to get there."""
    return _bucket_url("s3", moto, monkeypatch)


@pytest.fixture
def seaweed_url(seaweed: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place in an empty bucket of SeaweedFS, and what this process needs to get there."""
    return _bucket_url("s3", seaweed, monkeypatch)


@pytest.fixture
def gs_url(gcs: Gcs, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place in an empty bucket of the imitation of GCS, and what this process needs to get there."""
    import fsspec.config

    monkeypatch.setitem(fsspec.config.conf, "gs", {"token": "anon"})
    return _bucket_url("gs", gcs, monkeypatch)


def _bucket_url(scheme: str, store: ObjectStore | Gcs, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    return f"{scheme}://{store.new_bucket()}/files"


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
