from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.imports import ROOT
from tests.support.stack import Stack, running_stack

PHOTO = ROOT / "samples" / "portrait.jpg"


@pytest.fixture(scope="session")
def photo() -> Path:
    return PHOTO


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack") / "state") as running:
        yield running


@pytest.fixture(scope="session")
def small_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose disk is nearly full and whose rate limit is low."""
    state = tmp_path_factory.mktemp("small") / "state"
    limits = {"TELLTALE_GATEWAY_MEDIA_QUOTA_BYTES": "20000", "TELLTALE_GATEWAY_WRITE_RATE": "3/hour"}
    with running_stack(state, **limits) as running:
        yield running
