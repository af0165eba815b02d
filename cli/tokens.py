"""`telltale tokens`: who may call the gateway. Works on the database itself, so it needs no token and no running stack."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table

from cli.first_token import LOCAL_OWNER, database_url
from cli.options import runs, say, settings_with, state_option
from cli.stack.state import StateFolder
from gateway.door.passports import owner_of
from gateway.door.tokens import NewToken, Scope, Token, open_token_store

_MOST_DAYS = 36_500  # a hundred years; who wants more has --never-expires


@click.group()
def tokens() -> None:
    """Makes, lists, rotates and revokes bearer tokens."""


@tokens.command()
@state_option
@click.option("--owner", default=LOCAL_OWNER, show_default=True, help="Whose media and analyses it opens.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="Repeatable [analyze and read].",
)
@click.option("--label", default="", help="A note for the list.")
@click.option(
    "--days",
    type=click.FloatRange(min=0, max=_MOST_DAYS, min_open=True),
    default=90.0,
    show_default=True,
    help="Days until it expires.",
)
@click.option("--never-expires", is_flag=True, help="It is valid until it is revoked.")
@runs
async def create(
    state: Path | None, owner: str, scopes: tuple[str, ...], label: str, days: float, never_expires: bool
) -> None:
    """Makes a token and prints it. It cannot be shown again."""
    granted = [Scope(scope) for scope in scopes] or [Scope.ANALYZE, Scope.READ]
    lifetime = None if never_expires else timedelta(days=_finite(days))
    async with open_token_store(_database(state)) as store:
        _show(await store.create(owner, granted, label=label, lifetime=lifetime))


@tokens.command()
@state_option
@click.argument("token_id")
@click.option(
    "--overlap-hours",
    type=click.FloatRange(min=0, max=24 * _MOST_DAYS),
    default=24.0,
    show_default=True,
    help="Hours for which the old secret goes on.",
)
@runs
async def rotate(state: Path | None, token_id: str, overlap_hours: float) -> None:
    """Makes a new secret with the owner, scopes and label of this token, and lets the old one expire."""
    async with open_token_store(_database(state)) as store:
        made = await store.rotate(token_id, timedelta(hours=_finite(overlap_hours)))
    say(f"token {token_id} goes on for {overlap_hours:g} h at most")
    _show(made)


@tokens.command(name="list")
@state_option
@runs
async def list_tokens(state: Path | None) -> None:
    """Lists all tokens, without their secrets."""
    async with open_token_store(_database(state)) as store:
        found = await store.list()
    dates = [Column(name, min_width=10) for name in ("made, used", "state")]
    table = Table(
        Column("id", no_wrap=True, min_width=26),
        Column("owner", overflow="fold"),
        "scopes",
        *dates,
        Column("label", min_width=8),
        box=None,
    )
    for token in found:
        table.add_row(*_row(token))
    Console(markup=False).print(table)


@tokens.command()
@state_option
@click.argument("token_id")
@runs
async def revoke(state: Path | None, token_id: str) -> None:
    """Makes the token with this id invalid from now on."""
    async with open_token_store(_database(state)) as store:
        await store.revoke(token_id)
    say(f"token {token_id} is revoked")


@tokens.command(name="owner")
@click.argument("issuer")
@click.argument("subject")
def owner_name(issuer: str, subject: str) -> None:
    """Prints the owner that stands for a SUBJECT (sub) of an ISSUER (iss), who signs in at an identity provider."""
    click.echo(owner_of(issuer, subject))


def _database(state: Path | None) -> str:
    return database_url(StateFolder(settings_with(state=state).state))


def _show(made: NewToken) -> None:
    token = made.token
    end = "never expires" if token.expire_time is None else f"expires {token.expire_time:%Y-%m-%d %H:%M} UTC"
    say(f"token {token.token_id} of {token.owner}, {end}; keep it now, it cannot be shown again:")
    click.echo(made.secret)


def _row(token: Token) -> tuple[str, ...]:
    scopes, made = " ".join(sorted(token.scopes)), f"{token.create_time:%Y-%m-%d}"
    used = "not used" if token.last_use_time is None else f"{token.last_use_time:%Y-%m-%d}"
    return token.token_id, token.owner, scopes, f"{made}\n{used}", _standing(token), token.label


def _finite(number: float) -> float:
    """The number, unless it is none: what is no number is within every range."""
    if math.isnan(number):
        raise click.BadParameter("nan is no number")
    return number


def _standing(token: Token) -> str:
    if token.revoke_time is not None:
        return f"revoked {token.revoke_time:%Y-%m-%d}"
    until = "valid" if token.expire_time is None else f"until {token.expire_time:%Y-%m-%d %H:%M}"
    return f"{until}, replaced" if token.successor_id else until
