"""Rows and files without a gateway around them."""

from __future__ import annotations

from pathlib import Path

from gateway.keeping.storeroom import Storeroom, open_storeroom
from gateway.storage.blobs import FsspecBlobs, open_blobs
from gateway.storage.database import Database
from gateway.storage.evidence import EvidenceFiles
from gateway.storage.sql_work import SqlWork
from kit.clock import Clock
from tests.support.fake_engine import FakeEngine


def new_blobs(folder: Path, clock: Clock) -> FsspecBlobs:
    return open_blobs(f"file://{folder}", 2**30, clock)


def new_storeroom(database: Database, folder: Path, clock: Clock, engine: FakeEngine | None = None) -> Storeroom:
    """With its files in two folders of `folder`."""
    copies = new_blobs(folder / "contributions", clock)
    return open_storeroom(database, new_blobs(folder / "media", clock), copies, engine or FakeEngine(), clock)


def work_on(database: Database, folder: Path, clock: Clock) -> SqlWork:
    """Rows as those see them who make analyses; files as in `new_storeroom`."""
    return SqlWork(database, EvidenceFiles(new_blobs(folder / "media", clock), clock))
