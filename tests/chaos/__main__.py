"""`python -m tests.chaos --store postgres --seed 1 --analyses 200 --out bench/out`: prints the table."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from pathlib import Path

from kit.log import configure
from tests.chaos.run import Report, Wish, run


def main() -> int:
    """0 when every process was killed, nothing lost and nothing doubled, else 1."""
    options = _options()
    configure("chaos", "ERROR")
    wish = Wish(options.store, options.seed, options.analyses, options.clients, options.every_s)
    # Not in pytest's or our own folder: PostgreSQL runs as another user.
    with tempfile.TemporaryDirectory(prefix="telltale-chaos-") as folder:
        report = asyncio.run(run(wish, Path(options.keep or folder)))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "chaos.json").write_text(json.dumps(report.as_json(), indent=1), encoding="utf-8")
    _show(report)
    return 0 if report.is_well and not report.spared else 1


def _show(report: Report) -> None:
    wish = report.wish
    print(
        f"{wish.store}, seed {wish.seed}: {wish.analyses} analyses in {report.took_s:.0f} s, {len(report.kills)} kills"
    )
    for name, times in sorted(Counter(name for _, name in report.kills).items()):
        print(f"  killed {times:3} times  {name}")
    for name in report.spared:
        print(f"  BAD never killed: {name}; ask for more analyses, or for shorter pauses (--every-s)")
    print(f"  answers by attempts of the client: {report.answers}")
    print(f"  what clients came back after:      {report.refusals}")
    print(f"  notifications wanted and told:     {report.notifications}")
    print(f"  uploads that were never ordered:   {report.uploads_without_order}")
    print(f"  files without a row, swept:        {report.files_swept}")
    for rule, wrong in report.problems.items():
        print(f"  {'ok ' if not wrong else 'BAD'} {rule}{': ' if wrong else ''}{', '.join(wrong[:5])}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--analyses", type=int, default=200)
    parser.add_argument("--clients", type=int, default=16, help="that ask at the same time")
    parser.add_argument("--every-s", type=float, default=3.0, help="mean seconds between two kills")
    parser.add_argument("--keep", type=Path, help="folder for state and logs; a temporary one when not given")
    parser.add_argument("--out", type=Path, default=Path("bench/out"))
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
