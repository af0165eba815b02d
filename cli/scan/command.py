"""The command itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from cli.connection import connect
from cli.meter import Meter, bars
from cli.options import (
    depth_option,
    language_option,
    models_option,
    runs,
    say,
    settings_with,
    state_option,
    token_option,
    url_option,
)
from cli.output import exit_code_of
from cli.plain import plain
from cli.scan.scanner import Scanner, Terms
from cli.scan.state import ScanState, open_state, state_file
from cli.scan.table import row_of, show_summary, write_atomically, writer
from cli.scan.walk import Found, look_into
from cli.settings import CliSettings
from kit.errors import InvalidRequest
from telltale_client import Retry

_PATIENCE = Retry(attempts=60, longest_wait_s=900.0)
"""A scan runs unattended: it waits for its turn rather than give a file up."""

_NAMED = 5


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("telltale-scan.csv"),
    show_default=True,
    help="Table of verdicts: .csv, .json or .jsonl. What is done so far is kept beside it, in .state.jsonl.",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=4, show_default=True, help="Files under way at once.")
@click.option(
    "--recursive/--no-recursive", default=True, show_default=True, help="Whether folders in it are scanned, too."
)
@click.option(
    "--max-files", type=click.IntRange(min=1), default=100_000, show_default=True, help="Most files of the folder."
)
@click.option("--delete-after", is_flag=True, help="Delete each file from the server once its verdict is here.")
@click.option(
    "--retention",
    type=click.Choice(["standard", "none"]),
    default="standard",
    show_default=True,
    help="What the server keeps; with none a file under way when the scan is killed is judged again.",
)
@depth_option
@language_option
@url_option
@token_option
@state_option
@models_option
def scan(folder: Path, out: Path, jobs: int, recursive: bool, max_files: int, **options: Any) -> None:
    """Judges every photo, video and recording in FOLDER and writes a table of verdicts.

    Killed or interrupted, the same command goes on where it was; nothing is judged twice. Once done, it judges what is new.
    Files are told by their first bytes; symbolic links to folders are not followed. A file that cannot be judged has
    its reason in the table and does not end the scan.

    Exit code: 1 when a file could not be judged, else the first of 20 manipulated, 10 suspicious, 30 inconclusive, 0 authentic
    that any file has; 2 when the command is wrong; 130 when it was interrupted.
    """
    terms = Terms(
        depth=options.pop("depth"),
        language=options.pop("language"),
        keep=options.pop("retention") == "standard",
        delete_after=options.pop("delete_after"),
    )
    try:
        rows = _scan(folder, out, jobs, recursive, max_files, terms, settings_with(**options))
    except KeyboardInterrupt:
        say(f"interrupted; the same command goes on ({state_file(out)} knows what is done)")
        sys.exit(130)
    sys.exit(exit_code_of(row.get("label", "") for row in rows))


@runs
async def _scan(
    folder: Path, out: Path, jobs: int, recursive: bool, max_files: int, terms: Terms, settings: CliSettings
) -> list[dict[str, Any]]:
    write = writer(out)
    own = frozenset({out.resolve(), state_file(out).resolve()})
    found = look_into(folder, recursive=recursive, most=max_files, leave_out=own)
    _tell_skipped(found)
    wanted = {"depth": terms.depth, "language": terms.language, "retention": "standard" if terms.keep else "none"}
    with open_state(state_file(out), wanted) as state:
        rows = [*await _judged(found, state, terms, jobs, settings), *_unreadable(found)]
    write_atomically(out, write(rows))
    show_summary(Console(), rows, len(found.skipped))
    say(f"written: {out}")
    return rows


async def _judged(
    found: Found, state: ScanState, terms: Terms, jobs: int, settings: CliSettings
) -> list[dict[str, Any]]:
    if not found.media:
        return []
    progress = bars(len(found.media))
    async with connect(settings, say) as connection, connection.client(_PATIENCE) as client:
        with progress:
            meter = Meter(progress, len(found.media))
            scanner = Scanner(
                client,
                state,
                terms,
                on_step=lambda file, step: meter.step(file.path, step),
                on_end=lambda file: meter.done(file.path),
            )
            rows = await scanner.run(found.media, jobs)
    for name, why in scanner.left_behind.items():
        say(f"not deleted from the server: {name}: {why}")
    return rows


def _unreadable(found: Found) -> list[dict[str, Any]]:
    return [
        {**row_of(InvalidRequest(f"{name} cannot be read: {why}")), "file": name}
        for name, why in sorted(found.unreadable.items())
    ]


def _tell_skipped(found: Found) -> None:
    if found.skipped:
        named = ", ".join(map(plain, found.skipped[:_NAMED])) + (", …" if len(found.skipped) > _NAMED else "")
        say(f"skipped, being no photo, video or recording: {len(found.skipped)} ({named})")
