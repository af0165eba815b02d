"""`telltale models channels` and `log`: what each channel offers, and how it came to that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from google.protobuf import json_format
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from cli.models.options import CHANNEL, at, ends, json_option, registry_option, shown, trust_option, trusted
from cli.options import say, settings_with
from cli.output import json_line
from kit.clock import SystemClock
from kit.errors import ModelInvalid, ModelUntrusted, NotFound
from kit.registry.channels import Channels, Offer
from kit.registry.layout import CHANNELS
from kit.registry.trust import Trust
from telltale.model.v1 import registry_pb2

Row = dict[str, registry_pb2.Pointer | str | None]


@click.command()
@registry_option
@trust_option
@json_option
@ends
def channels(registry: str | None, trust: Path | None, as_json: bool) -> None:
    """Shows what each channel offers of every model. What must not be followed is named as such."""
    settings = settings_with(registry=registry, trust=trust)
    store = at(settings)
    seen = Channels(store, trusted(settings), SystemClock())
    names = sorted({key.split("/")[2] for key in store.keys("channels") if key.count("/") >= 2})
    rows = {name: {channel: _offer(seen, channel, name) for channel in CHANNELS} for name in names}
    if as_json:
        for name, row in rows.items():
            click.echo(json_line({"name": name} | {channel: _document(offer) for channel, offer in row.items()}))
        return
    if not rows:
        say("no channel offers anything yet; publish a model and promote it to dev")
        return
    table = Table("model", *CHANNELS, box=None)
    for name, row in rows.items():
        table.add_row(shown(name), *(_cell(row[channel]) for channel in CHANNELS))
    Console().print(table)


@click.command()
@click.argument("name")
@click.option("--channel", type=CHANNEL, help="Only this one [all].")
@registry_option
@trust_option
@json_option
@ends
def log(name: str, channel: str | None, registry: str | None, trust: Path | None, as_json: bool) -> None:
    """Shows every pointer of the model NAME, oldest first: when, who, with whose approval, and why."""
    settings = settings_with(registry=registry, trust=trust)
    keys = trusted(settings)
    seen = Channels(at(settings), keys, SystemClock())
    offers = [offer for each in ([channel] if channel else CHANNELS) for offer in seen.history(each, name)]
    if not offers:
        raise NotFound(
            f"{channel or 'no channel'} {'never' if channel else 'ever'} offered a model {name}; check the name"
        )
    if as_json:
        for offer in offers:
            told = json_format.MessageToDict(offer.record.pointer)
            click.echo(json_line(told | {"signedBy": offer.signed_by, "refusal": offer.refusal}))
        return
    Console().print(_table(offers, keys))


def _table(offers: Sequence[Offer], keys: Trust) -> Table:
    table = Table("channel", "#", Column("when", no_wrap=True), "version", "by", "approved by", "why", box=None)
    for offer in offers:
        pointer = offer.record.pointer
        approved = ", ".join(keys.name_of(each.signature.key_id) for each in pointer.approvals)
        why = "; ".join(each for each in ("rollback" if pointer.rollback else "", pointer.reason) if each)
        style = "red" if offer.refusal else ""
        table.add_row(
            pointer.channel,
            str(pointer.sequence),
            f"{pointer.made.ToDatetime():%Y-%m-%d %H:%M}",
            Text(shown(pointer.release.version), style),
            shown(offer.signed_by),
            shown(approved),
            Text(shown(f"NOT FOLLOWED: {offer.refusal}" if offer.refusal else why), style),
        )
    return table


def _offer(seen: Channels, channel: str, name: str) -> registry_pb2.Pointer | str | None:
    try:
        return seen.current(channel, name)
    except (ModelInvalid, ModelUntrusted) as error:
        return error.message


def _cell(offer: registry_pb2.Pointer | str | None) -> Text:
    if offer is None:
        return Text("–", "dim")
    if isinstance(offer, str):
        return Text(shown(f"not followed: {offer}"), "red")
    back = " (back)" if offer.rollback else ""
    return Text(f"{shown(offer.release.version)}{back}, {offer.made.ToDatetime():%Y-%m-%d}")


def _document(offer: registry_pb2.Pointer | str | None) -> object:
    if offer is None:
        return None
    return {"refusal": offer} if isinstance(offer, str) else json_format.MessageToDict(offer)
