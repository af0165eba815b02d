"""`telltale profile show`: what every process is set to, and whether the default, the profile or the environment says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from cli.options import runs
from cli.plain import plain
from cli.profile.effective import Effective, effective
from cli.profile.groups import groups
from kit.errors import InvalidSettings
from kit.profiles import GROUPS
from kit.settings import Settings, current_profile, load, use_profile


@click.group()
def profile() -> None:
    """Shows the settings of a whole environment: dev, staging, production."""


@profile.command(name="show")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--of", "only", multiple=True, type=click.Choice(GROUPS), help="Only this process; may be repeated.")
@click.option("--changed", is_flag=True, help="Leave out settings that nobody has set.")
@runs
async def show(name: str | None, only: tuple[str, ...], changed: bool) -> None:
    """Prints every setting: its variable, where its value comes from, its value (secrets masked).

    NAME is a shipped profile (dev, staging, production) or a path that ends in .toml [TELLTALE_PROFILE]. The environment is
    that of this command. Exit code 1 when a process would refuse to start with it.
    """
    if name is not None:
        use_profile(name)
    chosen = {group: settings_type for group, settings_type in groups().items() if not only or group in only}
    for group, settings_type in chosen.items():
        found = effective(settings_type, current_profile(group))
        told = [entry for entry in found if not changed or entry.origin != "default"]
        click.echo(plain("\n".join([f"[{group}]", *_lines(told), ""]), keep="\n"))
    refusals = [sentence for group, settings_type in chosen.items() for sentence in _refusal(group, settings_type)]
    if refusals:
        raise InvalidSettings("\n".join(refusals))


def _lines(entries: Sequence[Effective]) -> Iterator[str]:
    width = max((len(entry.variable) for entry in entries), default=0)
    for entry in entries:
        yield f"{entry.variable:<{width}}  {entry.origin:<11}  {entry.value}"


def _refusal(group: str, settings_type: type[Settings]) -> list[str]:
    try:
        load(settings_type)
    except InvalidSettings as error:
        return [f"{group} would not start: {error.message}"]
    return []
