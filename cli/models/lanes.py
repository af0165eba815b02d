"""`telltale models running`, `switch`, `roll-back-lane` and `drop-lane`: the models of services that run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import grpc
from google.protobuf import json_format
from rich.console import Console
from rich.table import Table

from cli.models.options import ends, json_option, name_and_version, shown
from cli.options import settings_with, state_option
from cli.output import json_line
from cli.settings import CliSettings
from cli.stack.state import StateFolder
from kit.errors import InvalidSettings, TelltaleError
from kit.rpc.channel import open_channel
from kit.rpc.credentials import ClientTls
from kit.rpc.status import from_rpc_error
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc

_PATIENCE_S = 10.0
# Loading and warming a large network takes this long where the machine is busy.
_SWITCH_S = 300.0

target_option = click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="HOST:PORT",
    help="A service; repeatable [all of the stack that runs on --state].",
)
one_target_option = click.option("--target", required=True, metavar="HOST:PORT", help="The service.")
lane_option = click.option("--lane", default="main", show_default=True, help="Which set of models.")


@click.command()
@target_option
@state_option
@json_option
@ends
def running(targets: tuple[str, ...], state: Path | None, as_json: bool) -> None:
    """Shows which models services run, in which lanes. Exit code 1 when one of them does not answer."""
    settings, problems = settings_with(state=state), []
    table = Table("service", "lane", "models", "calls", "since", box=None)
    for name, target in _targets(settings, targets).items():
        try:
            lanes = _call(settings, target, lambda stub: stub.ListLanes(_LISTING, timeout=_PATIENCE_S)).lanes
        except TelltaleError as error:
            problems.append(f"{name}: {error.message}")
            continue
        for lane in lanes:
            _print_lane(name, lane) if as_json else table.add_row(*_row(name, lane))
    if not as_json:
        Console().print(table)
    for problem in problems:
        click.echo(f"Error: {shown(problem)}", err=True)
    click.get_current_context().exit(1 if problems else 0)


@click.command()
@click.argument("releases", nargs=-1, required=True, metavar="NAME@VERSION…")
@one_target_option
@lane_option
@click.option("--shadow", is_flag=True, help="A lane that is opened hears what main hears, and answers nobody.")
@state_option
@json_option
@ends
def switch(releases: tuple[str, ...], target: str, lane: str, shadow: bool, state: Path | None, as_json: bool) -> None:
    """Makes a service run other versions; a lane that is not there is opened. What is refused changes nothing."""
    request = model_service_pb2.SwitchModelsRequest(
        lane=lane, versions=dict(map(name_and_version, releases)), shadow=shadow
    )
    settings = settings_with(state=state)
    answer = _call(settings, target, lambda stub: stub.SwitchModels(request, timeout=_SWITCH_S))
    _show(target, answer.lane, as_json=as_json)


@click.command(name="roll-back-lane")
@one_target_option
@lane_option
@state_option
@json_option
@ends
def roll_back_lane(target: str, lane: str, state: Path | None, as_json: bool) -> None:
    """Makes a service run what it ran before its last switch."""
    request = model_service_pb2.RollBackModelsRequest(lane=lane)
    settings = settings_with(state=state)
    answer = _call(settings, target, lambda stub: stub.RollBackModels(request, timeout=_SWITCH_S))
    _show(target, answer.lane, as_json=as_json)


@click.command(name="drop-lane")
@click.argument("lane")
@one_target_option
@state_option
@ends
def drop_lane(lane: str, target: str, state: Path | None) -> None:
    """Ends a lane other than main, and frees its models."""
    request = model_service_pb2.DropLaneRequest(lane=lane)
    _call(settings_with(state=state), target, lambda stub: stub.DropLane(request, timeout=_PATIENCE_S))
    click.echo(f"{target} has no lane {lane} any more")


_LISTING = model_service_pb2.ListLanesRequest()


def _targets(settings: CliSettings, given: Sequence[str]) -> Mapping[str, str]:
    """Where services are, by name."""
    if given:
        return {target: target for target in given}
    stack = StateFolder(settings.state).running()
    if stack is None:
        raise InvalidSettings(
            f"no stack runs in {settings.state}; start one (telltale up), or name services by --target"
        )
    if stack.certificates:
        raise InvalidSettings(
            "the services of that stack take calls from its gateway alone (mTLS); name others by --target NAME@HOST:PORT, "
            "with TELLTALE_TLS_CA, TELLTALE_TLS_CERTIFICATE and TELLTALE_TLS_KEY"
        )
    return stack.services


def _call(settings: CliSettings, target: str, call: Callable[[Any], Any]) -> Any:
    """The answer of a service. Raises TelltaleError."""
    with _stub(settings, target) as stub:
        try:
            return call(stub)
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error


@contextmanager
def _stub(settings: CliSettings, target: str) -> Iterator[Any]:
    tls = None
    if settings.tls_ca or settings.tls_certificate:
        tls = ClientTls(settings.tls_ca, settings.tls_certificate, settings.tls_key)
    with open_channel(target, tls) as channel:
        yield model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]  # generated


def _show(target: str, lane: model_service_pb2.Lane, *, as_json: bool) -> None:
    if as_json:
        _print_lane(target, lane)
        return
    click.echo(f"{target} runs in {lane.name}: {_models(lane)}")


def _print_lane(name: str, lane: model_service_pb2.Lane) -> None:
    click.echo(json_line({"service": name, **json_format.MessageToDict(lane)}))


def _row(name: str, lane: model_service_pb2.Lane) -> tuple[str, ...]:
    kind = f"{lane.name} (shadow)" if lane.shadow else lane.name
    since = f"{lane.since.ToDatetime():%Y-%m-%d %H:%M}"
    refused = f"\nrefused: {lane.refusal}" if lane.refusal else ""
    return shown(name), shown(kind), shown(_models(lane)) + shown(refused), str(lane.calls), since


def _models(lane: model_service_pb2.Lane) -> str:
    return ", ".join(f"{model.name}@{model.version}" for model in lane.models)
