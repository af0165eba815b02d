"""What goes wrong with the files of a registry, in our own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.errors import ModelInvalid, NotFound, StorageFull, StorageUnavailable
from kit.files.systems import FULL

_RETRY_AFTER_S = 1.0
_MAX_KEY_CHARACTERS = 512
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


def checked(key: str) -> str:
    """`key`, when it can be one. Raises ModelInvalid: what a registry holds may name anything, and of that no path is made."""
    if len(key) > _MAX_KEY_CHARACTERS or not _KEY.fullmatch(key):
        raise ModelInvalid(f"{key[:80]!r} is no place in a registry; find out who wrote that name there")
    return key


def too_long(key: str, max_bytes: int) -> ModelInvalid:
    """For a file that is longer than any of its kind."""
    return ModelInvalid(f"{key} in the registry is longer than {max_bytes} bytes; find out who put it there")


@contextmanager
def store_faults(faults: tuple[type[Exception], ...], what: str) -> Iterator[None]:
    """Turns what a store's library raises about a file, or a place, into NotFound and StorageUnavailable."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"there is no {what} in the registry") from error
    except faults as error:
        raise StorageUnavailable(
            f"the registry does not answer as it should about {what} ({_short(error)}); try again in a moment",
            retry_after_s=_RETRY_AFTER_S,
        ) from error


@contextmanager
def disk_faults(place: Path) -> Iterator[None]:
    """Turns what a disk of ours raises into StorageFull and StorageUnavailable."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(f"the disk of {place} is full; make room there") from error
        raise StorageUnavailable(f"{place} cannot be used ({_short(error)}); check who may write there") from error


def _short(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
