"""`telltale models list` and `show`: the models in a folder, with their files checked."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cli.options import models_option, runs, settings_with
from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from kit.models.registry import Registry
from telltale.model.v1 import card_pb2


@click.command(name="list")
@models_option
@click.pass_context
def list_models(context: click.Context, models: Path | None) -> None:
    """Lists all models of the folder and checks every file against its card. Exit code 1 when one is wrong."""
    registry = Registry(settings_with(models=models).models)
    table = Table("model", "version", "modality", "files", "what it answers")
    problems = []
    for name in registry.names():
        for version in registry.versions(name):
            try:
                table.add_row(*_row(registry.load(name, version)))
            except ModelInvalid as error:
                problems.append(error.message)
    Console().print(table)
    for problem in problems:
        click.echo(f"Error: {problem}", err=True)
    context.exit(1 if problems else 0)


@click.command(name="show")
@models_option
@click.argument("name")
@click.option("--version", help="Version [the newest].")
@runs
async def show_model(models: Path | None, name: str, version: str | None) -> None:
    """Shows one model's card: numbers, limits, digests (checked)."""
    model = Registry(settings_with(models=models).models).load(name, version)
    console = Console(highlight=False)
    card = model.card
    console.print(f"[bold]{card.name} {card.version}[/bold]  {card.task}")
    console.print(f"licence: {card.licence}\ncard: sha256 {model.card_sha256}")
    for artefact in card.artefacts:
        console.print(f"file: {artefact.file}, {artefact.size_bytes} bytes, sha256 {artefact.sha256} (checked)")
    for metric in card.metrics:
        console.print(_metric(metric))
    for limit in card.limits:
        console.print(f"limit: {limit}")


def _row(model: LoadedModel) -> tuple[str, ...]:
    card = model.card
    return card.name, card.version, card.modality, f"{len(card.artefacts)} checked", card.task


def _metric(metric: card_pb2.Metric) -> str:
    interval = f" [{metric.low:.3f}, {metric.high:.3f}]" if metric.HasField("low") and metric.HasField("high") else ""
    return f"{metric.metric} on {metric.dataset} {metric.split}: {metric.value:.4f}{interval} (n={metric.items})"
