"""Private keys in files that only their owner can read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from kit.errors import InvalidSettings

MAX_KEY_FILE_BYTES = 1 << 16
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_private(path: Path) -> bytes:
    """What is in the file of a private key. Raises InvalidSettings: missing, or others may read or write it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & _OTHERS:
                raise InvalidSettings(
                    f"others may read or write the signing key {path} (mode {stat.S_IMODE(mode):o}); run: chmod 600 {path}. "
                    "Who might have read it can sign in your name: make a new key when you are not sure"
                )
            return file.read(MAX_KEY_FILE_BYTES)
    except OSError as error:
        raise InvalidSettings(
            f"the signing key {path} cannot be read: {error.strerror}; name a file that this user can read"
        ) from error


def create_private(path: Path, pem: bytes) -> None:
    """Makes the file of a private key, mode 600, whole or not at all. Raises InvalidSettings: there is one, or none can be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, pem)
    except OSError as error:
        if path.exists():
            raise InvalidSettings(f"there is a file {path} already; a signing key is never overwritten") from error
        raise InvalidSettings(f"the signing key {path} cannot be written: {error.strerror}") from error


def _write(path: Path, pem: bytes) -> None:
    # A name of its own, then a link: nobody ever sees half a key, and of two who create one, one is refused.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)
    finally:
        partial.unlink()
