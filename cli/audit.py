"""`telltale audit`: who did what. Works on the database itself, so it needs no token and no running stack."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.first_token import database_url
from cli.options import runs, say, settings_with, state_option
from cli.stack.state import StateFolder
from cli.verification.outcome import Check, Result, no, not_checked, ok
from cli.verification.seal import checked_key, pinned_key
from cli.verify import EXIT_REFUSED
from gateway.audit.chain import Finding, checked_chain
from gateway.audit.entry import Entry
from gateway.audit.head import Head, read_head
from gateway.settings import GatewaySettings
from gateway.storage.database import open_database
from gateway.storage.sql_audit import Filter, SqlAudit
from gateway.storage.times import from_ms, to_ms
from kit.errors import DigestMismatch
from kit.sealing.keys import SigningKey
from kit.settings import load

_MOST = 100
_moment = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def audit() -> None:
    """Shows and checks the log of every access, whose entries are chained by their hashes."""


@audit.command(name="list")
@state_option
@click.option("--owner", default="", help="Only what concerns this owner.")
@click.option(
    "--resource", default="", metavar="NAME", help="Only what touched this, e.g. media/01j…, or what lies below it."
)
@click.option("--since", type=_moment, help="From this moment on, UTC.")
@click.option("--until", type=_moment, help="Before this moment, UTC.")
@click.option("--most", type=click.IntRange(min=1), default=_MOST, show_default=True, help="The newest so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@runs
async def list_entries(
    state: Path | None,
    owner: str,
    resource: str,
    since: datetime | None,
    until: datetime | None,
    most: int,
    as_json: bool,
) -> None:
    """Lists entries, oldest first."""
    wanted = Filter(owner, resource, _utc(since), _utc(until))
    async with open_database(database_url(_folder(state))) as database:
        found = await SqlAudit(database).found(wanted, most)
    _print_entries(found, as_json=as_json)


@audit.command()
@state_option
@runs
async def head(state: Path | None) -> None:
    """Prints how far the log goes, signed with the gateway's key. Keep it where nobody can reach who can change the database."""
    key = SigningKey.load(_settings(state).signing_key_file())
    async with open_database(database_url(_folder(state))) as database:
        sequence, digest = await SqlAudit(database).last()
    click.echo(Head(sequence, digest, to_ms(datetime.now(UTC))).signed(key))


@audit.command()
@state_option
@click.option(
    "--head",
    "file",
    type=click.Path(path_type=Path),
    help="A head from before: the log must lead to it, uncut and unchanged.",
)
@click.option(
    "--key", help="The key that must have signed the head: 16 hexadecimal digits, base64, or a PEM file with it."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify(state: Path | None, file: Path | None, key: str | None, as_json: bool) -> None:
    """Checks every entry from the first to the last, and names the first that is wrong.

    Exit code: 0 when no check says no, 40 when one does, 1 when something failed, 2 when the command is wrong.
    """
    if key is not None and file is None:
        raise click.UsageError("--key needs --head: it says who must have signed that")
    checks = _verify(state, file, key)
    _print_checks(checks, as_json=as_json)
    sys.exit(EXIT_REFUSED if any(check.result is Result.NO for check in checks) else 0)


@runs
async def _verify(state: Path | None, file: Path | None, key: str | None) -> Sequence[Check]:
    pinned = pinned_key(key)
    try:
        kept, signature = (None, None) if file is None else read_head(file)
    except DigestMismatch as error:
        return [no("head", error.message)]
    async with open_database(database_url(_folder(state))) as database:
        finding = await checked_chain(SqlAudit(database).entries(), kept)
    return [_head(kept), *([] if signature is None else [checked_key(signature, pinned)]), _chain(finding)]


def _head(kept: Head | None) -> Check:
    if kept is None:
        return not_checked("head", "without one from before (--head) nobody can tell whether the end was cut off")
    return ok(
        "head", f"entry {kept.sequence} was the last one at {from_ms(kept.time_ms).isoformat(timespec='seconds')}"
    )


def _chain(finding: Finding) -> Check:
    if finding.problem:
        return no("chain", f"{finding.problem}; the {finding.checked} entries before it hold")
    if not finding.checked:
        # Making a token and starting a gateway write one each, so where there is none nothing ever was, or nothing is left.
        return no("chain", "no entry; is it the right --state?")
    return ok("chain", f"all {finding.checked} entries hold, up to {finding.last}")


def _folder(state: Path | None) -> StateFolder:
    return StateFolder(settings_with(state=state).state)


def _settings(state: Path | None) -> GatewaySettings:
    return load(GatewaySettings, complete=False).model_copy(update={"state_dir": _folder(state).root.absolute()})


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _print_entries(entries: Sequence[Entry], *, as_json: bool) -> None:
    if as_json:
        for entry in entries:
            click.echo(json.dumps(_document(entry), ensure_ascii=False))
        return
    for entry in entries:
        event = entry.event
        when = from_ms(event.time_ms).isoformat(sep=" ", timespec="seconds")
        who = f"{event.owner or '-'} {event.token_id or '-'} {event.network or '-'}"
        many = f" ({event.calls} calls)" if event.calls > 1 else ""
        click.echo(
            f"{entry.sequence} {when} {event.method} {event.outcome}{many} {who} {' '.join(event.resources)}".rstrip()
        )
    say(f"{len(entries)} entries: number, time, method, outcome, owner, token, network, resources")


def _document(entry: Entry) -> dict[str, object]:
    event = entry.event
    return {
        "sequence": entry.sequence,
        "time": from_ms(event.time_ms).isoformat(),
        "method": event.method,
        "outcome": event.outcome,
        "owner": event.owner,
        "tokenId": event.token_id,
        "network": event.network,
        "requestId": event.request_id,
        "calls": event.calls,
        "resources": event.resources,
        "previous": entry.previous,
        "hash": entry.digest,
    }


def _print_checks(checks: Sequence[Check], *, as_json: bool) -> None:
    if as_json:
        lines = [{"name": check.name, "result": check.result, "text": check.text} for check in checks]
        click.echo(json.dumps({"checks": lines}, ensure_ascii=False))
        return
    for check in checks:
        click.echo(f"{check.result:<12} {check.name:<6} {check.text}")
