"""The group of commands `telltale models`."""

from __future__ import annotations

import click

from cli.models.lanes import drop_lane, roll_back_lane, running, switch
from cli.models.offers import channels, log
from cli.models.promoting import approve, promote, rollback
from cli.models.publishing import key, publish, releases
from cli.models.zoo import list_models, show_model


@click.group()
def models() -> None:
    """Lists, checks, publishes and promotes models, and changes those of running services."""


for command in (
    *(list_models, show_model),
    *(key, publish, releases, channels, promote, approve, rollback, log),
    *(running, switch, roll_back_lane, drop_lane),
):
    models.add_command(command)
