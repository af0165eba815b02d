"""Data folders made of links: the same layout, fewer files, manifests cut to fit."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from colab_training.manifest import MANIFEST

Row = dict[str, str]


def read_rows(folder: Path) -> list[Row]:
    """Lines of a folder's manifest. Raises FileNotFoundError."""
    with (folder / MANIFEST).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(folder: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> None:
    """Writes a folder's manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / MANIFEST).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def link_rows(source: Path, target: Path, rows: Sequence[Row]) -> None:
    """A manifest of these rows, and links to their files."""
    write_rows(target, rows, list(rows[0]) if rows else ["file"])
    link_files(source, target, (row["file"] for row in rows))


def link_files(source: Path, target: Path, files: Iterable[str]) -> None:
    """Links below `target` to files below `source`, replacing older ones."""
    for name in files:
        link(source / name, target / name)


def link(original: Path, path: Path) -> None:
    """A link at `path`, or the one that is there set anew. Raises FileExistsError where a real file lies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        path.unlink()
    path.symlink_to(original.resolve())
