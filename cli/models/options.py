"""What the commands about a registry share: where it is, who is trusted, who I am, and how failures end."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from google.protobuf import json_format
from google.protobuf.message import Message

from cli.output import json_line
from cli.plain import plain
from cli.settings import CliSettings
from kit.clock import SystemClock
from kit.errors import ChannelChanged, InvalidSettings, PromotionRefused, TelltaleError
from kit.models.registry import Registry
from kit.models.source import Chosen
from kit.registry.channels import Channels
from kit.registry.fetch import ModelCache
from kit.registry.store import Store, open_store
from kit.registry.trust import Trust, read_trust
from kit.sealing.person_keys import PersonKey
from promotion.desk import Desk
from telltale.model.v1 import registry_pb2

EXIT_WAITS = 3
"""A promotion is done as far as one person can; it waits for another one."""
EXIT_REFUSED = 40
"""A gate, a missing approval, or the rules of a channel."""
EXIT_CHANGED = 41
"""Somebody else changed the channel first."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
AnyCommand = TypeVar("AnyCommand", bound=Callable[..., object])

CHANNEL = click.Choice(["dev", "staging", "production"])
registry_option = click.option(
    "--registry", help="Where models are published: a folder, s3://BUCKET/… or gs://BUCKET/… [TELLTALE_REGISTRY]."
)
trust_option = click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the public keys that are trusted, NAME.pub.pem each [TELLTALE_TRUST].",
)
key_option = click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), help="File of my private key [TELLTALE_KEY]."
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON, one object a line.")


def ends(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Makes failures sentences: exit code 40 for what is refused, 41 where others were first, 1 for all else."""

    @functools.wraps(command)
    def run(*arguments: Parameters.args, **options: Parameters.kwargs) -> Result:
        try:
            return command(*arguments, **options)
        except TelltaleError as error:
            raise _ended(error.message, type(error)) from error
        except BrokenPipeError:
            raise  # nobody reads on; click ends without a word
        except OSError as error:
            raise _ended(str(error) or repr(error)) from error

    return run


def at(settings: CliSettings) -> Store:
    """The registry of the settings. Raises InvalidSettings."""
    if not settings.registry:
        raise InvalidSettings("which registry? Give --registry, or set TELLTALE_REGISTRY, to a folder or a URL")
    return open_store(settings.registry)


def trusted(settings: CliSettings) -> Trust:
    """The keys that the settings trust. Raises InvalidSettings."""
    if settings.trust is None:
        raise InvalidSettings(
            "whose keys are trusted? Give --trust, or set TELLTALE_TRUST, to a folder of NAME.pub.pem"
        )
    return read_trust(settings.trust)


def my_key(settings: CliSettings) -> PersonKey:
    """The private key of the settings. Raises InvalidSettings."""
    if settings.key is None:
        raise InvalidSettings(
            "who are you? Give --key, or set TELLTALE_KEY, to your private key (telltale models key create)"
        )
    return PersonKey.load(settings.key)


def desk_of(settings: CliSettings) -> Desk:
    """All that promoting takes. Raises InvalidSettings."""
    store, trust, clock = at(settings), trusted(settings), SystemClock()
    folder = settings.model_cache or settings.state / "model-cache"
    return Desk(
        store,
        trust,
        Channels(store, trust, clock),
        ModelCache(store, trust, folder, settings.model_cache_bytes),
        Chosen(Registry(settings.models), {}),
        clock,
    )


def name_and_version(text: str) -> tuple[str, str]:
    """The parts of NAME@VERSION. Raises click.BadParameter."""
    name, _, version = text.partition("@")
    if not name or not version:
        raise click.BadParameter(f"{text!r} is no NAME@VERSION, e.g. face_spatial@4.0.0")
    return name, version


def print_json(message: Message) -> None:
    """One message as a line of JSON."""
    click.echo(json_line(json_format.MessageToDict(message)))


def shown(text: str) -> str:
    """What others wrote, as a terminal may have it."""
    return plain(text)


def readable(report: registry_pb2.GateReport) -> registry_pb2.GateReport:
    """The report for people: cards, lists of files and policies wrote parts of it, and a terminal obeys what is hidden there."""
    clean = registry_pb2.GateReport()
    clean.CopyFrom(report)
    clean.judged_by = plain(report.judged_by)
    clean.policy_changes[:] = map(plain, report.policy_changes)
    for gate in clean.gates:
        gate.name, gate.finding = plain(gate.name), plain(gate.finding)
    return clean


def _ended(message: str, kind: type[TelltaleError] | None = None) -> click.ClickException:
    endings: dict[type[TelltaleError] | None, type[click.ClickException]] = {
        PromotionRefused: _Refused,
        ChannelChanged: _Changed,
    }
    return endings.get(kind, click.ClickException)(plain(message, keep="\n\t"))


class _Refused(click.ClickException):
    exit_code = EXIT_REFUSED


class _Changed(click.ClickException):
    exit_code = EXIT_CHANGED
