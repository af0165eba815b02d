"""A registry that may be away when its service starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kit.errors import InvalidSettings, StorageUnavailable
from kit.registry.store import MAX_DOCUMENT_BYTES, Store, open_store


class LateStore:
    """`Store` at a URL, opened by who first asks it for something, and by the next one where that failed.

    For addresses that were right before. All methods raise StorageUnavailable, too, while it cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._store: Store | None = None

    def create(self, key: str, content: bytes) -> bool:
        """Creates a file."""
        return self._opened().create(key, content)

    def upload(self, key: str, path: Path) -> bool:
        """Creates a file from one on the disk."""
        return self._opened().upload(key, path)

    def read(self, key: str, max_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
        """What is in a file."""
        return self._opened().read(key, max_bytes)

    def download(self, key: str, path: Path, max_bytes: int) -> None:
        """Writes a file to the disk."""
        self._opened().download(key, path, max_bytes)

    def keys(self, prefix: str) -> Sequence[str]:
        """Keys of all files below `prefix`."""
        return self._opened().keys(prefix)

    def _opened(self) -> Store:
        # Two who come at once both open it, and either one will do.
        if self._store is None:
            try:
                self._store = open_store(self._url)
            except InvalidSettings as error:
                raise StorageUnavailable(error.message) from error
        return self._store
