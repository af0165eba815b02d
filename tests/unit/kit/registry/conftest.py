"""A registry in memory, with people around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.registry import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)
