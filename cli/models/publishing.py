"""`telltale models key`, `publish` and `releases`: who somebody is, and what they offer to all channels."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cli.models.options import at, ends, json_option, key_option, my_key, print_json, registry_option, shown
from cli.options import say, settings_with
from kit.clock import SystemClock
from kit.errors import InvalidRequest, NotFound
from kit.registry.publish import publish as publish_model
from kit.registry.releases import releases as releases_of
from kit.registry.trust import NAME, SUFFIX
from kit.sealing.person_keys import PersonKey
from promotion.shown import named


@click.group()
def key() -> None:
    """Makes keys of people and of machines that publish."""


@key.command(name="create")
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the key [this one].",
)
@ends
def create_key(name: str, out: Path) -> None:
    """Makes a key for NAME: NAME.key.pem, which nobody else may have, and NAME.pub.pem, for the folder of trusted keys."""
    if not NAME.fullmatch(name):
        raise InvalidRequest(f"{name!r} is no name for a key; use small letters, digits, '.', '_' and '-'")
    private, public = out / f"{name}.key.pem", out / f"{name}{SUFFIX}"
    if public.exists():
        raise InvalidRequest(f"there is a file {public} already; choose another name or folder")
    made = PersonKey.create(private)
    public.write_bytes(made.public.pem())
    say(f"{private}: your key; keep it to yourself, nobody can replace it")
    say(f"{public}: for the folder of trusted keys of everybody who is to believe you")
    click.echo(made.key_id)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@registry_option
@key_option
@json_option
@ends
def publish(folder: Path, registry: str | None, key: Path | None, as_json: bool) -> None:
    """Signs the model in FOLDER, …/NAME/VERSION, and puts it into the registry, where it is never changed."""
    settings = settings_with(registry=registry, key=key)
    release = publish_model(at(settings), folder.absolute(), my_key(settings), SystemClock())
    if as_json:
        print_json(release)
    else:
        click.echo(
            f"published {named(release)}; next: telltale models promote {release.name}@{release.version} --to dev"
        )


@click.command()
@click.argument("name")
@registry_option
@json_option
@ends
def releases(name: str, registry: str | None, as_json: bool) -> None:
    """Lists what was published of the model NAME, oldest version first."""
    found = releases_of(at(settings_with(registry=registry)), name)
    if not found:
        raise NotFound(f"no model called {name} is published there; check the name, or publish one")
    if as_json:
        for release in found:
            print_json(release)
        return
    table = Table("model", "version", "modality", "published", "card", box=None)
    for each in found:
        table.add_row(*map(shown, (each.name, each.version, each.modality, each.date, each.card_sha256[:12])))
    Console().print(table)
