"""Prints the table of ADR 25: `python -m bench.evidence`."""

from __future__ import annotations

import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from gateway.storage.blobs import open_blobs
from kit.clock import SystemClock

PIECES = 200
_SIDE = 512
_COARSE = 24
_ROW = "{:<34} {:>9.0f} kB {:>9.0f} kB {:>9.2f} ms"


def main() -> None:
    """Stores and deletes as many pieces as an hour of work leaves."""
    pieces = _map_like()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'kept in':<34} {'store one':>12} {'delete one':>12} {'delete one':>12}")
        print(_ROW.format("a column (SQLite)", *_in_a_column(Path(folder), pieces)))
        print(_ROW.format("packed files", *_in_files(Path(folder), pieces)))


def _map_like() -> Sequence[bytes]:
    """Maps of the largest size that a test gives: smooth, one byte a cell."""
    chance = np.random.default_rng(1)
    coarse = (chance.gamma(1.0, 20, (_COARSE, _COARSE)).clip(0, 255).astype(np.uint8) for _ in range(PIECES))
    return [cv2.resize(each, (_SIDE, _SIDE)).tobytes() for each in coarse]


def _in_a_column(folder: Path, pieces: Sequence[bytes]) -> tuple[float, float, float]:
    database = sqlite3.connect(folder / "column.db", isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        database.execute(f"PRAGMA {setting}")
    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, evidence BLOB)")

    def store(number: int) -> None:
        database.execute("INSERT INTO t VALUES (?, ?)", (number, pieces[number]))

    def delete(number: int) -> None:
        database.execute("DELETE FROM t WHERE id = ?", (number,))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    return _measured(store, delete)


def _in_files(folder: Path, pieces: Sequence[bytes]) -> tuple[float, float, float]:
    blobs = open_blobs(f"file://{folder}/files", 2**34, SystemClock())

    def store(number: int) -> None:
        packed = zlib.compress(pieces[number], 1)
        blobs.put(f"{number:026}", len(packed), [packed])

    return _measured(store, lambda number: blobs.delete(f"{number:026}"))


def _measured(store: Callable[[int], object], delete: Callable[[int], object]) -> tuple[float, float, float]:
    """Kilobytes written to store one and to delete one, and milliseconds to delete one."""
    before = _written_bytes()
    for number in range(PIECES):
        store(number)
    stored, start_s = _written_bytes(), time.perf_counter()
    for number in range(PIECES):
        delete(number)
    took_s, deleted = time.perf_counter() - start_s, _written_bytes()
    return (stored - before) / PIECES / 1e3, (deleted - stored) / PIECES / 1e3, 1e3 * took_s / PIECES


def _written_bytes() -> int:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


if __name__ == "__main__":
    main()
