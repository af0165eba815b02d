"""Files and rows in step."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from gateway.intake.ingest import Memory, Upload
from gateway.intake.inspection import Inspection
from gateway.keeping.vault import Vault
from gateway.storage.blobs import open_blobs
from gateway.storage.repository import MediaRepository
from kit.errors import StorageFull, StorageUnavailable
from kit.media.file import MediaFile
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock


class Rows:
    """A database that fails to add a row, and may have added it all the same."""

    def __init__(self, error: BaseException, *, added: bool) -> None:
        self._error = error
        self._added = added

    async def known(self, keys: Sequence[str]) -> frozenset[str]:
        return frozenset(keys if self._added else ())

    async def add(self, *_: object) -> None:
        raise self._error


async def keep(folder: Path, rows: object) -> Sequence[str]:
    """Stores a photo in vain; keys of the files that are left."""
    blobs = open_blobs(f"file://{folder}/media", quota_bytes=10, clock=FakeClock())
    vault = Vault(cast("MediaRepository", rows), blobs, Memory(10), FakeClock(), timedelta(hours=1))
    inspection = Inspection(media_pb2.MediaInfo(), resources_pb2.SCAN_STATE_CLEAN)
    with MediaFile.from_bytes(b"photo") as media, suppress(StorageFull, StorageUnavailable, asyncio.CancelledError):
        await vault.keep("alice", Upload(media, None, "", ""), inspection, None)
        raise AssertionError("it was stored")
    return blobs.keys()


@pytest.mark.parametrize("error", [StorageFull("full"), StorageUnavailable("away"), asyncio.CancelledError()])
async def test_a_file_that_got_no_row_is_not_kept(tmp_path: Path, error: BaseException) -> None:
    for _ in range(3):  # more often than the quota would allow if anything were left behind
        assert await keep(tmp_path, Rows(error, added=False)) == []


@pytest.mark.parametrize("error", [StorageUnavailable("away"), asyncio.CancelledError()])
async def test_a_file_that_got_its_row_although_nobody_said_so_is_kept(tmp_path: Path, error: BaseException) -> None:
    assert len(await keep(tmp_path, Rows(error, added=True))) == 1


async def test_a_file_of_which_nobody_can_say_is_left_to_the_janitor(tmp_path: Path) -> None:
    class Away(Rows):
        async def known(self, keys: Sequence[str]) -> frozenset[str]:
            raise StorageUnavailable("away")

    assert len(await keep(tmp_path, Away(StorageUnavailable("away"), added=False))) == 1
