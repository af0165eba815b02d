"""`telltale analyze FILE…`: verdicts for people, or JSON lines for scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from cli.client import DEPTHS, StackAnalyzer, Wish, analyze_all
from cli.connection import connect
from cli.display import show
from cli.meter import Meter, bars
from cli.options import (
    depth_option,
    fresh_option,
    language_option,
    models_option,
    runs,
    say,
    settings_with,
    state_option,
    token_option,
    url_option,
)
from cli.output import Outcome, as_json, exit_code, json_line
from cli.settings import CliSettings

Shown = Callable[[Path, Outcome], None]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("--json", "as_json_lines", is_flag=True, help="One JSON object a line, in the order given.")
@url_option
@token_option
@depth_option
@fresh_option
@language_option
@state_option
@models_option
def analyze(
    files: tuple[Path, ...], as_json_lines: bool, depth: str, fresh: bool, language: str, **options: object
) -> None:
    """Judges FILES.

    Exit code: 0 authentic, 10 suspicious, 20 manipulated, 30 inconclusive, 1 error. For several files the first of
    1, 20, 10, 30, 0 that any of them has.
    """
    wish = Wish(DEPTHS[depth], language, fresh)
    sys.exit(exit_code(_analyze(files, as_json_lines, wish, settings_with(**options))))


@runs
async def _analyze(files: Sequence[Path], as_json_lines: bool, wish: Wish, settings: CliSettings) -> list[Outcome]:
    progress = bars(len(files))
    shown = _json_printer() if as_json_lines else _pretty_printer(progress)
    async with connect(settings, say) as connection, connection.client() as client:
        with progress:
            meter = Meter(progress, len(files))
            analyzer = StackAnalyzer(client, wish, meter.step)
            return await analyze_all(analyzer, files, settings.in_flight, _also(shown, meter.done))


def _json_printer() -> Shown:
    return lambda path, outcome: click.echo(json_line(as_json(str(path), outcome)))


def _pretty_printer(progress: Progress) -> Shown:
    # On a terminal the bar has to make room for each verdict, which only its own console knows how to do.
    console = progress.console if sys.stdout.isatty() and not progress.disable else Console(highlight=False)
    return lambda path, outcome: show(console, str(path), outcome)


def _also(shown: Shown, then: Callable[[Path], None]) -> Shown:
    def both(path: Path, outcome: Outcome) -> None:
        shown(path, outcome)
        then(path)

    return both
