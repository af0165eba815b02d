from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.stack import Stack, running_stack


@pytest.fixture(scope="session")
def small_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose disk is nearly full and whose rate limit is low, and whose processes know each other by certificate."""
    state = tmp_path_factory.mktemp("small") / "state"
    limits = {
        "TELLTALE_GATEWAY_MEDIA_QUOTA_BYTES": "20000",
        "TELLTALE_GATEWAY_WRITE_RATE": "3/hour",
        "TELLTALE_MTLS": "1",
    }
    with running_stack(state, **limits) as running:
        yield running
