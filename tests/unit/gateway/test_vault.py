"""Files and rows in step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from gateway.ingest import Memory, Upload
from gateway.inspection import Inspection
from gateway.storage.blobs import open_blobs
from gateway.storage.repository import MediaRepository
from gateway.vault import Vault
from kit.errors import StorageFull
from kit.media.file import MediaFile
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock


class FullDatabase:
    """Has no room for a row."""

    async def known(self, keys: Sequence[str]) -> frozenset[str]:
        return frozenset()

    async def add(self, *_: object) -> None:
        raise StorageFull("the disk of the database is full")


async def test_a_file_whose_row_finds_no_room_is_not_kept(tmp_path: Path) -> None:
    blobs = open_blobs(f"file://{tmp_path}/media", quota_bytes=10, clock=FakeClock())
    rows = cast("MediaRepository", FullDatabase())
    vault = Vault(rows, blobs, Memory(10), FakeClock(), timedelta(hours=1))
    with MediaFile.from_bytes(b"photo") as media:
        for _ in range(3):  # more often than the quota would allow if anything were left behind
            with pytest.raises(StorageFull, match="database"):
                await vault.keep(
                    "alice",
                    Upload(media, None, "", ""),
                    Inspection(media_pb2.MediaInfo(), resources_pb2.SCAN_STATE_CLEAN),
                    None,
                )
    assert blobs.keys() == []
