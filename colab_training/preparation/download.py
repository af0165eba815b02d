"""Fetches a listed file and refuses it when its digest is another one than the list's."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from tqdm import tqdm

from colab_training.preparation.settings import Download

Opener = Callable[[str], IO[bytes]]
_CHUNK_BYTES = 2**20
_PATIENCE_S = 60.0


class WrongDigest(ValueError):
    """What came is not what the list names; nothing of it was kept."""


def open_url(url: str) -> IO[bytes]:
    """The body of an address. Raises urllib.error.URLError."""
    answer: IO[bytes] = urllib.request.urlopen(url, timeout=_PATIENCE_S)  # noqa: S310 - settings allow https alone
    return answer


def fetch_all(downloads: Iterable[Download], data: Path, opener: Opener = open_url) -> list[Path]:
    """Fetches what is not yet there. Raises WrongDigest."""
    return [fetch(download, data, opener) for download in tqdm(list(downloads), "downloads")]


def fetch(download: Download, data: Path, opener: Opener = open_url) -> Path:
    """The file under `data`, fetched unless it is there with the right digest. Raises WrongDigest."""
    path = data / download.file
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == download.sha256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_name(path.name + ".part")
    try:
        _receive(download, half_written, opener)
        return half_written.replace(path)
    finally:
        half_written.unlink(missing_ok=True)


def _receive(download: Download, path: Path, opener: Opener) -> None:
    digest = hashlib.sha256()
    with opener(download.url) as body, path.open("wb") as file:
        while chunk := body.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != download.sha256:
        raise WrongDigest(
            f"{download.url} came with SHA-256 {digest.hexdigest()}, the configuration says {download.sha256}; "
            "find out which one is right before you change the line"
        )
