"""`telltale tokens`: who may call the gateway. Works on the database itself, so it needs no token and no running stack."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table

from cli.first_token import LOCAL_OWNER, database_url
from cli.options import runs, say, settings_with, state_option
from cli.stack.state import StateFolder
from gateway.tokens import Scope, Token, open_token_store


@click.group()
def tokens() -> None:
    """Makes, lists and revokes bearer tokens."""


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
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Days until it expires [never].")
@runs
async def create(state: Path | None, owner: str, scopes: tuple[str, ...], label: str, days: float | None) -> None:
    """Makes a token and prints it. It cannot be shown again."""
    granted = [Scope(scope) for scope in scopes] or [Scope.ANALYZE, Scope.READ]
    lifetime = None if days is None else timedelta(days=days)
    async with open_token_store(_database(state)) as store:
        made = await store.create(owner, granted, label=label, lifetime=lifetime)
    say(f"token {made.token.token_id} of {owner}; keep it now, it cannot be shown again:")
    click.echo(made.secret)


@tokens.command(name="list")
@state_option
@runs
async def list_tokens(state: Path | None) -> None:
    """Lists all tokens, without their secrets."""
    async with open_token_store(_database(state)) as store:
        found = await store.list()
    table = Table(Column("id", no_wrap=True, min_width=26), "owner", "scopes", "made", "state", "label")
    for token in found:
        table.add_row(*_row(token))
    Console().print(table)


@tokens.command()
@state_option
@click.argument("token_id")
@runs
async def revoke(state: Path | None, token_id: str) -> None:
    """Makes the token with this id invalid from now on."""
    async with open_token_store(_database(state)) as store:
        await store.revoke(token_id)
    say(f"token {token_id} is revoked")


def _database(state: Path | None) -> str:
    return database_url(StateFolder(settings_with(state=state).state))


def _row(token: Token) -> tuple[str, ...]:
    made = f"{token.create_time:%Y-%m-%d %H:%M}"
    return token.token_id, token.owner, " ".join(sorted(token.scopes)), made, _standing(token), token.label


def _standing(token: Token) -> str:
    if token.revoke_time is not None:
        return f"revoked {token.revoke_time:%Y-%m-%d}"
    return "valid" if token.expire_time is None else f"until {token.expire_time:%Y-%m-%d %H:%M}"
