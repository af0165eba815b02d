"""A golden set: files whose truth is known, in a folder that the operator keeps. Only its digest is ever in the registry.

`golden.csv` has the columns file (inside the folder), label (real, fake), kind (image, video, audio), source (where it is from;
rates are held to bounds for each), and may have generator (what made a fake).
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kit.errors import InvalidRequest, NotFound

LIST_FILE: Final = "golden.csv"
_REQUIRED: Final = ("file", "label", "kind", "source")
_LABELS: Final = ("real", "fake")
_KINDS: Final = ("image", "video", "audio")
_MOST_PROBLEMS: Final = 5


@dataclass(frozen=True)
class Item:
    """One file.

    Attributes:
        path: where it is.
        fake: whether it is manipulated or synthesised.
        kind: "image", "video" or "audio".
        source: where it is from.
        generator: what made it; empty for real ones and where it is not known.
        sha256: of its content when the list was read, lower-case hexadecimal.
    """

    path: Path
    fake: bool
    kind: str
    source: str
    generator: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class GoldenSet:
    """Items, and the SHA-256 of their list with the digests of all files: another file in its place is another set."""

    items: Sequence[Item]
    sha256: str


def read_golden(folder: Path) -> GoldenSet:
    """The golden set in `folder`.

    Raises:
        NotFound: there is no list.
        InvalidRequest: rows that are wrong, named with what to do.
    """
    path = folder / LIST_FILE
    try:
        rows = _rows(path)
    except FileNotFoundError as error:
        raise NotFound(f"there is no {path}; list the files there: {', '.join(_REQUIRED)}, one row each") from error
    except (UnicodeDecodeError, csv.Error, IsADirectoryError) as error:
        raise InvalidRequest(f"{path} is no table of comma-separated values in UTF-8: {error}") from error
    problems = [f"line {number}: {problem}" for number, row in rows if (problem := _problem(folder, row))]
    _require_none(path, [*problems, *_twice(rows)])
    items = [_item(folder, row) for _, row in rows]
    _require_none(path, _alike(rows, items))
    return GoldenSet(items, _digest(rows, items))


def _require_none(path: Path, problems: Sequence[str]) -> None:
    if problems:
        more = f" (and {len(problems) - _MOST_PROBLEMS} more)" if len(problems) > _MOST_PROBLEMS else ""
        raise InvalidRequest(f"{path} is wrong: {'; '.join(problems[:_MOST_PROBLEMS])}{more}")


def _rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        missing = [name for name in _REQUIRED if name not in (table.fieldnames or ())]
        if missing:
            raise InvalidRequest(f"{path} has no column {', '.join(missing)}; its first line names the columns")
        return [(table.line_num, {name: (row.get(name) or "").strip() for name in _columns(row)}) for row in table]


def _columns(row: Mapping[str, str]) -> list[str]:
    return [*_REQUIRED, *(["generator"] if "generator" in row else [])]


def _problem(folder: Path, row: Mapping[str, str]) -> str:
    file = row["file"]
    if row["label"] not in _LABELS or row["kind"] not in _KINDS or not row["source"]:
        return f"{file!r} needs a label ({', '.join(_LABELS)}), a kind ({', '.join(_KINDS)}) and a source"
    # A link may lead anywhere, so what counts is where the file really is.
    path = (folder / file).resolve()
    if not file or not path.is_relative_to(folder.resolve()):
        return f"{file!r} lies outside the folder; copy it in"
    return "" if path.is_file() else f"{file!r} does not exist in {folder}"


def _twice(rows: Sequence[tuple[int, Mapping[str, str]]]) -> list[str]:
    counts = Counter(row["file"] for _, row in rows)
    return [f"{file!r} is listed {count} times; list it once" for file, count in counts.items() if count > 1]


def _alike(rows: Sequence[tuple[int, Mapping[str, str]]], items: Sequence[Item]) -> list[str]:
    """Copies under other names: they would make few files look like many."""
    names: dict[str, list[str]] = {}
    for (_, row), item in zip(rows, items, strict=True):
        names.setdefault(item.sha256, []).append(repr(row["file"]))
    return [f"{' and '.join(each)} are the same file; list it once" for each in names.values() if len(each) > 1]


def _item(folder: Path, row: Mapping[str, str]) -> Item:
    path = folder / row["file"]
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Item(path, row["label"] == "fake", row["kind"], row["source"], row.get("generator", ""), sha256)


def _digest(rows: Sequence[tuple[int, Mapping[str, str]]], items: Sequence[Item]) -> str:
    digest = hashlib.sha256()
    for (_, row), item in zip(rows, items, strict=True):
        line = "\0".join((row["file"], row["label"], row["kind"], row["source"], item.generator, item.sha256))
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
