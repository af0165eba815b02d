"""What was found, for people and programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.canary.trial import Tried


def show(trials: Sequence[Tried], out: Path) -> None:
    """A table on the terminal, and canary.json in `out`."""
    table = Table("candidate", "", "seconds", "last step", "calls", "failed", "injected", "beyond", box=None)
    for each in trials:
        table.add_row(
            each.candidate.name,
            _end(each),
            f"{each.took_s:.0f}",
            f"{_last_percent(each)} %",
            str(each.calls),
            str(each.failed),
            str(each.injected),
            str(each.beyond),
        )
    console = Console(highlight=False)
    console.print(table)
    for each in trials:
        console.print(f"{each.candidate.name}: {each.document['why']}", soft_wrap=True, markup=False)
    out.mkdir(parents=True, exist_ok=True)
    documents = {each.candidate.name: _document(each) for each in trials}
    (out / "canary.json").write_text(json.dumps(documents, indent=2) + "\n", encoding="utf-8")


def _end(each: Tried) -> str:
    end = {0: "stays", 43: "rolled back"}.get(each.exit_code, f"exit code {each.exit_code}")
    return end if each.kept else f"{end} (WRONG)"


def _last_percent(each: Tried) -> int:
    return max((step["percent"] for step in each.document["steps"]), default=0)


def _document(each: Tried) -> dict[str, object]:
    return {
        "what": each.candidate.what,
        "kept": each.kept,
        "exit_code": each.exit_code,
        "took_s": round(each.took_s, 1),
        "calls": each.calls,
        "failed": each.failed,
        "injected": each.injected,
        "failed_beyond_injected": each.beyond,
        "rollout": each.document,
    }
