"""What media and analyses are kept in and deleted from, put together."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.jobs.engine import Engine
from gateway.keeping.contributed import ContributedFiles
from gateway.keeping.orphans import Orphans, known_copies
from gateway.keeping.shredder import Shredder
from gateway.storage.blobs import BlobStore
from gateway.storage.database import Database
from gateway.storage.evidence import EvidenceFiles
from gateway.storage.sql_analyses import SqlAnalyses
from gateway.storage.sql_contributions import SqlContributions
from gateway.storage.sql_media import SqlMedia
from kit.clock import Clock


@dataclass(frozen=True)
class Storeroom:
    """Rows and files, and who deletes them."""

    media: SqlMedia
    analyses: SqlAnalyses
    evidence: EvidenceFiles
    contributions: SqlContributions
    contributed: ContributedFiles
    shredder: Shredder
    orphans: tuple[Orphans, ...]


def open_storeroom(
    database: Database, blobs: BlobStore, copies: BlobStore | None, engine: Engine, clock: Clock
) -> Storeroom:
    """On a migrated database; `copies` is the store of contributions, where there is one."""
    evidence, contributed = EvidenceFiles(blobs, clock), ContributedFiles(copies)
    media, analyses = SqlMedia(database, clock), SqlAnalyses(database, evidence, clock)
    contributions = SqlContributions(database)
    shredder = Shredder(media, analyses, blobs, evidence, contributed, engine)
    orphans = [Orphans(blobs, media.known, clock)]
    if copies is not None:
        orphans.append(Orphans(copies, known_copies(contributions), clock))
    return Storeroom(media, analyses, evidence, contributions, contributed, shredder, tuple(orphans))
