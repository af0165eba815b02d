"""The page about the facts: counts first, then every file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.metadata.facts import FACTS, Checked

Agreement = Sequence[tuple[str, str, str]]
_TITLES: Final = {
    "integrity": "C2PA: absent, intact, broken, not verifiable",
    "failure": "C2PA: what exactly is broken",
    "source_type": "C2PA: declared source type",
    "generator": "generator that signed the file",
    "origin": "camera, edited, generated, none",
}


def counts(checked: Sequence[Checked]) -> list[tuple[str, int, int]]:
    """Name of each fact, files with it right, files; all facts together last."""
    rows = [(_TITLES[fact], sum(fact not in item.wrong for item in checked), len(checked)) for fact in FACTS]
    return [*rows, ("all facts of a file", sum(not item.wrong for item in checked), len(checked))]


def summary(checked: Sequence[Checked], agreement: Agreement) -> str:
    """The counts as a table in Markdown."""
    agreed = sum(theirs == ours for _, theirs, ours in agreement)
    rows = [*counts(checked), ("class in exif_manifest.csv, by EXIF and XMP alone", agreed, len(agreement))]
    table = "\n".join(f"| {name} | {right} | {files} |" for name, right, files in rows)
    others = [
        f"- `{file}`: {theirs} by the manifest, {ours} by its tags"
        for file, theirs, ours in agreement
        if theirs != ours
    ]
    return "\n".join(["| fact | files with it right | files |", "| --- | --- | --- |", table, "", *others])


def page(checked: Sequence[Checked], agreement: Agreement, why: Mapping[str, str]) -> str:
    """The whole page."""
    rows = "\n".join(_row(item, why[item.file]) for item in checked)
    return f"""# Facts of the labelled metadata files

Written by `make bench-metadata`; do not edit. The expected facts stand in `bench/metadata/expected.csv`: by file name (C2PA), by
the program that made the file (generators), by a look at each (origin). Read by the served detector, in its sandbox.

{summary(checked, agreement)}

| file | C2PA | failure | source type | generator | origin | right | why |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
"""


def write(path: Path, checked: Sequence[Checked], agreement: Agreement, why: Mapping[str, str]) -> None:
    """Writes the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(checked, agreement, why), encoding="utf-8")


def _row(item: Checked, why: str) -> str:
    verdict = (
        "yes"
        if not item.wrong
        else "**no**: expected " + ", ".join(f"{fact} {item.expected[fact] or 'none'}" for fact in item.wrong)
    )
    return f"| {item.file} | " + " | ".join(item.found[fact] for fact in FACTS) + f" | {verdict} | {why} |"
