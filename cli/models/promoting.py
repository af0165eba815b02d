"""`telltale models promote`, `approve` and `rollback`: changing what a channel offers."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from google.protobuf import json_format
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.models.options import (
    CHANNEL,
    EXIT_REFUSED,
    EXIT_WAITS,
    desk_of,
    ends,
    json_option,
    key_option,
    my_key,
    name_and_version,
    print_json,
    readable,
    registry_option,
    trust_option,
)
from cli.options import models_option, say, settings_with
from cli.output import json_line
from kit.registry.releases import find_release
from promotion.approving import Outcome, Plea, add_approval, require_plea
from promotion.golden import read_golden
from promotion.measure import Told, starter
from promotion.policy import SHIPPED, read_policy
from promotion.promote import Trial
from promotion.promote import promote as promote_release
from promotion.report import passed
from promotion.rollback import roll_back
from promotion.shown import as_markdown, as_table, named

to_option = click.option("--to", "channel", type=CHANNEL, required=True, help="The channel.")
report_option = click.option(
    "--report",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the report there, as Markdown.",
)


@click.command()
@click.argument("release")
@to_option
@click.option(
    "--golden", type=click.Path(path_type=Path, file_okay=False), help="Folder of labelled files with golden.csv."
)
@click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), help="Other bounds than the shipped ones.")
@click.option("--again", is_flag=True, help="Run the gates anew where a report waits for approval.")
@report_option
@registry_option
@trust_option
@key_option
@models_option
@json_option
@ends
def promote(
    release: str,
    channel: str,
    golden: Path | None,
    policy: Path | None,
    again: bool,
    page: Path | None,
    as_json: bool,
    **options: object,
) -> None:
    """Makes a channel offer RELEASE (NAME@VERSION), if the gates let it pass.

    dev takes what a trusted key names. staging runs the gates against what it offers now and needs one approval, which is yours;
    production needs those of two people, so it waits for the other one (telltale models approve).

    Exit code: 0 the channel offers it, 3 it waits for another person's approval, 40 it is refused, 41 somebody else changed
    the channel first, 1 something failed, 2 the command is wrong.
    """
    name, version = name_and_version(release)
    settings = settings_with(**options)
    desk, key, bounds = desk_of(settings), my_key(settings), read_policy(policy or SHIPPED)
    with _progress() as progress:
        trial = Trial(read_golden(golden), bounds, starter(bounds), _teller(progress), again) if golden else None
        outcome = promote_release(desk, name, version, channel, trial, key)
    _show(outcome, f"{name}@{version}", channel, page, as_json=as_json)


@click.command()
@click.argument("release")
@to_option
@click.option("--yes", is_flag=True, help="Approve without being asked, after the report was shown.")
@report_option
@registry_option
@trust_option
@key_option
@json_option
@ends
def approve(release: str, channel: str, yes: bool, page: Path | None, as_json: bool, **options: object) -> None:
    """Shows the report on RELEASE (NAME@VERSION) that somebody approved, and approves it with your key.

    When that makes enough, the channel offers it. Exit code: as of promote.
    """
    name, version = name_and_version(release)
    settings = settings_with(**options)
    desk, key = desk_of(settings), my_key(settings)
    plea = require_plea(desk, find_release(desk.store, name, version), channel)
    if not (as_json and yes):  # Nobody is asked to sign what was not shown.
        Console(highlight=False, stderr=as_json).print(as_table(readable(plea.report), plea.report_sha256))
        _say_who(plea, [desk.trust.name_of(key_id) for key_id in plea.approvals])
    if not yes:
        click.confirm(f"Approve {named(plea.release)} for {channel} with key {key.key_id}?", abort=True, err=True)
    _show(add_approval(desk, plea, key), f"{name}@{version}", channel, page, as_json=as_json, read_already=True)


@click.command()
@click.argument("name")
@click.option("--channel", type=CHANNEL, required=True, help="The channel.")
@click.option("--reason", required=True, help="Why, for those who look at the log later.")
@click.option("--to", "version", help="Version to go back to [what it offered before].")
@registry_option
@trust_option
@key_option
@json_option
@ends
def rollback(name: str, channel: str, reason: str, version: str | None, as_json: bool, **options: object) -> None:
    """Makes a channel offer again what it offered of the model NAME before: at once, by one person, without gates.

    Exit code: 0 done, 40 refused, 41 somebody else changed the channel first, 1 something failed, 2 the command is wrong.
    """
    settings = settings_with(**options)
    pointer = roll_back(desk_of(settings), name, channel, reason, my_key(settings), version)
    if as_json:
        print_json(pointer)
    else:
        click.echo(f"{channel} offers {named(pointer.release)} again, since pointer {pointer.sequence}")


def _show(
    outcome: Outcome, release: str, channel: str, page: Path | None, *, as_json: bool, read_already: bool = False
) -> None:
    if as_json:
        click.echo(json_line(_document(outcome)))
    else:
        if outcome.report is not None and not read_already:
            Console(highlight=False).print(as_table(readable(outcome.report), outcome.report_sha256))
        click.echo(_end(outcome, release, channel))
    # What happened is told before anything here can fail.
    if outcome.report is not None and page is not None:
        page.write_text(as_markdown(readable(outcome.report), outcome.report_sha256), encoding="utf-8")
    sys.exit(_exit_code(outcome))


def _end(outcome: Outcome, release: str, channel: str) -> str:
    if outcome.pointer is not None:
        return f"{channel} offers {named(outcome.pointer.release)}, since pointer {outcome.pointer.sequence}"
    if outcome.missing:
        return (
            f"you approved it; {channel} waits for {outcome.missing} more: somebody else runs "
            f"telltale models approve {release} --to {channel}"
        )
    return f"{channel} is as it was: the gates refuse {release}"


def _exit_code(outcome: Outcome) -> int:
    if outcome.pointer is not None:
        return 0
    return EXIT_WAITS if outcome.missing else EXIT_REFUSED


def _document(outcome: Outcome) -> dict[str, object]:
    report, pointer = outcome.report, outcome.pointer
    return {
        "passed": report is None or passed(report),
        "reportSha256": outcome.report_sha256,
        "report": None if report is None else json_format.MessageToDict(report),
        "pointer": None if pointer is None else json_format.MessageToDict(pointer),
        "missingApprovals": outcome.missing,
    }


def _say_who(plea: Plea, names: list[str]) -> None:
    say(f"approved by {', '.join(names)}")


def _progress() -> Progress:
    columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _teller(progress: Progress) -> Told:
    task = progress.add_task("judging", total=None, visible=False)

    def told(done: int, of: int) -> None:
        progress.update(task, completed=done, total=of, visible=True)

    return told
