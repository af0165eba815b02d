"""Stores as the settings describe them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings import GatewaySettings
from gateway.surroundings import open_stores
from kit.errors import InvalidSettings
from tests.support.clock import FakeClock


def test_without_a_url_there_is_no_store_of_contributions(tmp_path: Path) -> None:
    assert open_stores(GatewaySettings(state_dir=tmp_path), FakeClock())[1] is None


@pytest.mark.parametrize("same", ["file://{}/media", "{}/media/", "file://{}/x/../media"])
def test_media_and_contributions_may_not_share_a_place(tmp_path: Path, same: str) -> None:
    settings = GatewaySettings(state_dir=tmp_path, contributions_url=same.format(tmp_path))
    with pytest.raises(InvalidSettings, match="of their own"):
        open_stores(settings, FakeClock())


def test_contributions_may_lie_below_the_media(tmp_path: Path) -> None:
    settings = GatewaySettings(state_dir=tmp_path, contributions_url=f"file://{tmp_path}/media/contributions")
    blobs, copies = open_stores(settings, FakeClock())
    assert copies is not None
    copies.put("a", 1, [b"a"])
    assert blobs.keys() == []
