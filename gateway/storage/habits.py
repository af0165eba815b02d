"""What differs between kinds of stores: how a file gets there whole or not at all, and what they keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fsspec import AbstractFileSystem

from kit.files.systems import BLOCK_BYTES, faults_of, is_gcs, is_s3

PARTIAL = ".partial"
Write = Callable[[AbstractFileSystem, str, Iterable[bytes]], None]


@dataclass(frozen=True)
class Habits:
    """How one kind of store is treated.

    Attributes:
        write: puts the pieces of a file at a path, all of them or none.
        leaves_partials: a crash while it writes leaves a file of that name and `PARTIAL`.
        keeps_versions: whether a bucket keeps what is deleted from it; raises one of `faults` when it does not say.
        faults: what its library raises when the store does not do what it should.
    """

    write: Write
    leaves_partials: bool
    keeps_versions: Callable[[AbstractFileSystem, str], bool]
    faults: tuple[type[Exception], ...]


def habits_of(files: AbstractFileSystem) -> Habits:
    """The habits of a file system."""
    faults = faults_of(files)
    if is_s3(files):
        return Habits(write_at_once, leaves_partials=False, keeps_versions=_s3_versions, faults=faults)
    if is_gcs(files):
        return Habits(write_at_once, leaves_partials=False, keeps_versions=_gcs_versions, faults=faults)
    return Habits(write_beside, leaves_partials=True, keeps_versions=lambda _, __: False, faults=faults)


def write_beside(files: AbstractFileSystem, path: str, chunks: Iterable[bytes]) -> None:
    """For folders: writes beside the place, then moves there."""
    partial, stored = path + PARTIAL, False
    try:
        with files.open(partial, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        files.mv(partial, path)
        stored = True
    finally:
        if not stored and files.exists(partial):
            files.rm_file(partial)


def write_at_once(files: AbstractFileSystem, path: str, chunks: Iterable[bytes]) -> None:
    """For object stores: an object is there when its last byte is."""
    file, stored = files.open(path, "wb", block_size=BLOCK_BYTES), False
    try:
        for chunk in chunks:
            file.write(chunk)
        file.close()
        stored = True
    finally:
        if not stored:
            # Closing, which is also what a `with` and the garbage collector do, would make an object of what there is.
            file.closed = True
            file.discard()


def _s3_versions(files: AbstractFileSystem, bucket: str) -> bool:
    return bool(files.call_s3("get_bucket_versioning", Bucket=bucket).get("Status") == "Enabled")


def _gcs_versions(files: AbstractFileSystem, bucket: str) -> bool:
    facts = files.call("GET", "b/{}", bucket, fields="versioning,softDeletePolicy", json_out=True)
    soft_s = int(facts.get("softDeletePolicy", {}).get("retentionDurationSeconds", 0))
    return bool(soft_s or facts.get("versioning", {}).get("enabled"))
