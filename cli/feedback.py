"""`telltale feedback`: what turned out to be true, beside what we had said, and how often we were wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.client import our_errors
from cli.connection import connect
from cli.hindsight import Tally, as_json, tally, truth_name
from cli.options import runs, say, settings_with, state_option, token_option, url_option
from cli.output import label_name
from cli.plain import plain
from cli.settings import CliSettings
from telltale.gateway.v1 import resources_pb2

_NOTHING = "Nothing was said yet. Say what a file turned out to be on its page, and it is counted here."


@click.command()
@click.option("--json", "as_json_document", is_flag=True, help="One JSON document: all cases, and the counts.")
@url_option
@token_option
@state_option
def feedback(as_json_document: bool, **options: object) -> None:
    """Lists what files turned out to be, and how often our verdicts on them were wrong."""
    said = _fetch(settings_with(**options))
    if as_json_document:
        click.echo(json.dumps(as_json(said), ensure_ascii=False))
    elif not said:
        click.echo(_NOTHING)
    else:
        _show(said)


@runs
async def _fetch(settings: CliSettings) -> list[resources_pb2.Feedback]:
    async with connect(settings, say) as connection, connection.client() as client:
        with our_errors():
            return [each async for each in client.list_feedback()]


def _show(said: Sequence[resources_pb2.Feedback]) -> None:
    console = Console(highlight=False)
    table = Table("file", "in fact", "we said", "risk", "fusion", "how it is known")
    for each in said:
        risk, model = f"{each.risk_score:.1f}", each.fusion_model.version
        known = (
            each.media_sha256[:12],
            truth_name(each.truth),
            label_name(each.label),
            risk,
            model,
            Text(plain(each.comment, keep="\n")),
        )
        table.add_row(*known)
    console.print(table)
    console.print(_in_words(tally(said)))


def _in_words(counts: Tally) -> str:
    return (
        f"Cases: {counts.authentic + counts.manipulated}, genuine {counts.authentic}, manipulated {counts.manipulated}. "
        f"We were right: {counts.right}, false alarms: {counts.false_alarms}, missed: {counts.misses}, "
        f"inconclusive: {counts.inconclusive}."
    )
