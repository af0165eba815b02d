"""`telltale canary`: a new version of a service beside the old one, for more and more calls, until it stays or goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from canary.golden import GoldenJudge
from canary.lease import Lease, leased
from canary.policy import SHIPPED, CanaryPolicy, read_policy
from canary.rollout import CanaryGone, Judge, Outcome, Rollout, Step
from canary.shown import as_document, line
from canary.wire import Begun, Target, read_target
from cli.options import models_option, runs, say, settings_with, state_option
from cli.output import json_line
from cli.settings import CliSettings
from cli.stack.state import StateFolder
from kit.clock import SystemClock
from kit.errors import NotConfigured
from kit.media import image, sound, video
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from promotion.golden import GoldenSet, read_golden

EXIT_ROLLED_BACK = 43
_SECONDS = click.FloatRange(min=0, min_open=True)


@click.command()
@click.argument("service")
@click.option(
    "--to",
    "target",
    required=True,
    metavar="VERSION",
    help="The new version: models of the registry folder, NAME@VERSION[,NAME@VERSION], or the folder of another program.",
)
@click.option(
    "--golden", type=click.Path(path_type=Path, file_okay=False), help="Folder of labelled files with golden.csv."
)
@click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), help="Other bounds than the shipped ones.")
@click.option("--step-s", type=_SECONDS, help="Seconds that a step takes at least [60].")
@click.option(
    "--patience-s", type=_SECONDS, help="Seconds after which a step that is not decided is rolled back [600]."
)
@click.option("--min-calls", type=click.IntRange(min=1), help="Calls of each version that a step must have seen [100].")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON with every step instead of a sentence.")
@state_option
@models_option
@runs
async def canary(
    service: str,
    target: str,
    golden: Path | None,
    policy: Path | None,
    step_s: float | None,
    patience_s: float | None,
    min_calls: int | None,
    as_json: bool,
    **options: object,
) -> None:
    """Tries a new version of SERVICE (e.g. image_svc) in the running stack.

    It is started beside the old one, judges the golden set, and then answers 5, 25, 50 and 100 % of the calls while errors,
    durations and findings are held against those of the old version. A bound that is broken sends all calls back to the old
    version at once. Ctrl-C, or the end of this command by any other means, does the same.

    Exit code: 0 it stays, 43 it was rolled back, 1 something failed, 2 the command is wrong.
    """
    settings = settings_with(**options)
    bounds = read_policy(policy or SHIPPED, step_s=step_s, patience_s=patience_s, min_calls=min_calls)
    version, files = read_target(target, service), read_golden(golden) if golden else None
    state = StateFolder(settings.state)
    if state.running() is None:
        raise NotConfigured(f"no stack runs in {state.root}; start one by `telltale up --canaries`, or give --state")
    async with leased(state.canaries.absolute()) as lease:
        try:
            outcome = await _tried(lease, service, version, bounds, files, settings)
        except asyncio.CancelledError:
            say("stopped; the stack sends every call to the old version")
            raise
    click.echo(
        json_line(as_document(service, str(version), outcome)) if as_json else _sentence(service, version, outcome)
    )
    click.get_current_context().exit(0 if outcome.good else EXIT_ROLLED_BACK)


async def _tried(
    lease: Lease, service: str, target: Target, policy: CanaryPolicy, golden: GoldenSet | None, settings: CliSettings
) -> Outcome:
    say(f"starting {service} {target} beside the old version …")
    begun = await lease.begin(service, target)
    say(f"it is warm at {begun.addresses['canary']}; the old version is at {begun.addresses['stable']}")
    with _judge(service, begun, golden, settings) as judge:
        outcome = await Rollout(policy, lease, SystemClock(), _Teller()).run(judge)
    if not outcome.good:
        await lease.roll_back()
        return outcome
    try:
        await lease.promote()
    except CanaryGone as error:
        await lease.roll_back()
        return Outcome(False, f"its process {error}", outcome.steps)
    return outcome


@contextmanager
def _judge(service: str, begun: Begun, golden: GoldenSet | None, settings: CliSettings) -> Iterator[Judge | None]:
    if golden is None:
        yield None
        return
    preload = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD)
    with Sandbox.start(SandboxSettings(), preload) as sandbox:
        models = Registry(settings.models)
        yield GoldenJudge(service, begun.addresses, begun.services, golden, models, sandbox).judge


class _Teller:
    """Says a line when a step is decided, and when what it waits for changes."""

    def __init__(self) -> None:
        self._waits_for = ""

    def __call__(self, step: Step) -> None:
        waits_for = step.decision.why.partition(":")[0] if step.decision.move == "wait" else ""
        if not waits_for or waits_for != self._waits_for:
            say(line(step))
        self._waits_for = waits_for


def _sentence(service: str, target: Target, outcome: Outcome) -> str:
    if outcome.good:
        return f"{service} {target} is the stable version now: {outcome.why}"
    return f"{service} {target} was rolled back: {outcome.why}"
