"""The table of a scan: as CSV, as one JSON document, or as JSON lines; and what it comes to."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.output import as_json
from kit.errors import InvalidRequest, TelltaleError
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2

Row = Mapping[str, Any]

COLUMNS = (
    "file",
    "label",
    "risk_score",
    "confidence",
    "kind",
    "mime_type",
    "size_bytes",
    "media_sha256",
    "analysis",
    "error_reason",
    "error_message",
)
"""Of the CSV. A file that could not be judged has no label, and a reason. Numbers are as in JSON, with a point."""

_LABELS = ("MANIPULATED", "SUSPICIOUS", "INCONCLUSIVE", "AUTHENTIC")
# What a spreadsheet would take for a formula, as the beginning of a cell (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def row_of(outcome: resources_pb2.Analysis | TelltaleError) -> dict[str, Any]:
    """What is written of a content: what `telltale analyze --json` says, and what kind of file it is; without a name."""
    row = as_json("", outcome)
    if isinstance(outcome, resources_pb2.Analysis):
        info = outcome.info
        row |= {
            "kind": media_pb2.MediaKind.Name(info.kind).removeprefix("MEDIA_KIND_").lower(),
            "mime_type": info.mime_type,
            "size_bytes": info.size_bytes,
        }
    return row


def writer(out: Path) -> Callable[[Sequence[Row]], str]:
    """What writes the text of a table, by the ending of its name. Raises InvalidRequest."""
    writers = {".csv": _csv, ".json": _json, ".jsonl": _json_lines}
    if out.suffix.lower() not in writers:
        raise InvalidRequest(f"{out.name} says nothing of its format; end it with {', '.join(writers)}")
    if not out.absolute().parent.is_dir():
        raise InvalidRequest(
            f"there is no folder {out.absolute().parent} for the table; make it, or give --out another"
        )
    return writers[out.suffix.lower()]


def write_atomically(out: Path, text: str) -> None:
    """Puts a file in place whole, or not at all."""
    beside = out.with_name(f".{out.name}.new")
    # Names of files need not be UTF-8; in JSON the escape of what is not is still JSON.
    with beside.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(out)


def show_summary(console: Console, rows: Sequence[Row], skipped: int) -> None:
    """How many files have which label."""
    counts = Counter(row.get("label", "") for row in rows)
    table = Table("label", "files")
    for label in _LABELS:
        table.add_row(label, str(counts[label]))
    for reason, count in sorted(Counter(row["error"]["reason"] for row in rows if "error" in row).items()):
        table.add_row(f"error: {reason}", str(count))
    if skipped:
        table.add_row("skipped: no media", str(skipped))
    console.print(table)


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    for row in rows:
        error = row.get("error", {})
        flat = {**row, "error_reason": error.get("reason"), "error_message": error.get("message")}
        lines.writerow([_cell(flat.get(column)) for column in COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    return defused(value) if isinstance(value, str) else value


def _json(rows: Sequence[Row]) -> str:
    return json.dumps({"files": list(rows)}, ensure_ascii=False, indent=1) + "\n"


def _json_lines(rows: Sequence[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
