"""What all commands share: settings with options on top, and errors as one clear sentence."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console

from cli.client import DEPTHS
from cli.plain import plain
from cli.settings import CliSettings
from cli.stack.supervisor import StartFailed
from kit.errors import TelltaleError
from kit.settings import load

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

state_option = click.option(
    "--state", type=click.Path(path_type=Path, file_okay=False), help="Folder of everything a stack keeps [.telltale]."
)
url_option = click.option(
    "--url", help="Address of a running stack, e.g. http://127.0.0.1:8080 [the one of --state, else one of its own]."
)
token_option = click.option("--token", help="Bearer token [TELLTALE_TOKEN, else the one in --state].")
models_option = click.option(
    "--models", type=click.Path(path_type=Path, file_okay=False), help="Folder of the model registry."
)

depth_option = click.option(
    "--depth",
    type=click.Choice(list(DEPTHS)),
    default="standard",
    show_default=True,
    help="How much to examine: of a video seconds, half a minute or all; of a recording one, five or sixty minutes.",
)
fresh_option = click.option(
    "--fresh",
    is_flag=True,
    help="Have every detector look at the file anew, although the stack may know what it said of the same bytes before.",
)
language_option = click.option(
    "--lang",
    "language",
    default="",
    metavar="TAG",
    help="Language of the verdicts' sentences, e.g. de [English, also where there are no sentences in that language].",
)


def settings_with(**options: object) -> CliSettings:
    """Settings of the environment with the command line's options on top."""
    return load(CliSettings).changed(**options)


def say(sentence: str) -> None:
    """Tells a person what is going on; standard output stays for results."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(plain(sentence, keep="\n\t"), markup=False)


def runs(command: Callable[Parameters, Coroutine[Any, Any, Result]]) -> Callable[Parameters, Result]:
    """Makes a coroutine a command whose errors are printed as sentences, with exit code 1."""

    @functools.wraps(command)
    def run(*arguments: Parameters.args, **options: Parameters.kwargs) -> Result:
        try:
            return asyncio.run(command(*arguments, **options))
        except TelltaleError as error:
            raise click.ClickException(plain(error.message, keep="\n\t")) from error
        except BrokenPipeError:
            raise  # nobody reads on, as behind `| head`; click ends without a word
        except OSError as error:
            # A folder that may not be written, a disk that is full: what and where is all there is to say.
            raise click.ClickException(plain(str(error) or repr(error))) from error
        except StartFailed as error:
            raise click.ClickException(str(error)) from error

    return run
