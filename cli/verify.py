"""`telltale verify FILE [MEDIA]`: is this report, or deletion receipt, unchanged, and does it hold when it is computed again?"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from cli.client import StackAnalyzer, Wish
from cli.connection import private_stack
from cli.options import models_option, runs, say, settings_with
from cli.output import json_line
from cli.settings import CliSettings
from cli.verification.models import checked_models, checked_verdict
from cli.verification.outcome import Check, Result, no
from cli.verification.reading import NoDocument, read_document
from cli.verification.receipt import checked_receipt
from cli.verification.record import checked_evidence, checked_media
from cli.verification.repeat import checked_repeat
from cli.verification.seal import checked_seal, pinned_key
from kit.models.registry import Registry
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

EXIT_REFUSED = 40
_STYLES = {Result.OK: "green", Result.NO: "bold red", Result.NOT_CHECKED: "yellow"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.argument("media", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--key", help="The key that you expect: 16 hexadecimal digits, base64, or a PEM file with it.")
@click.option("--replay", is_flag=True, help="Run the detectors again on MEDIA, in a stack of its own, and compare.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@models_option
def verify(file: Path, media: Path | None, key: str | None, replay: bool, as_json: bool, models: Path | None) -> None:
    """Checks FILE, a report (JSON) or a deletion receipt, against its signature, the models here, and MEDIA where it is given.

    Exit code: 0 when no check says no (what was not checked is named), 40 when one does, 1 when FILE or MEDIA could not be
    read or something failed, 2 when the command is wrong.
    """
    if replay and media is None:
        raise click.UsageError("--replay needs MEDIA: the detectors have to look at the file")
    checks = _verify(file, media, key, replay, settings_with(models=models))
    refused = any(check.result is Result.NO for check in checks)
    _print(file, checks, as_json=as_json, refused=refused)
    sys.exit(EXIT_REFUSED if refused else 0)


@runs
async def _verify(
    file: Path, media: Path | None, key: str | None, replay: bool, settings: CliSettings
) -> Sequence[Check]:
    try:
        read = read_document(file)
    except NoDocument as error:
        return [no("bytes", error.message)]
    checks = list(checked_seal(read, pinned_key(key)))
    if not isinstance(read.document, report_pb2.SignedReport):
        return [*checks, *checked_receipt(read.document, media)]
    report, registry = read.document.report, Registry(settings.models)
    checks.append(checked_evidence(report))
    checks.append(checked_media(media, report.analysis.info))
    checks += checked_models(report, registry)
    checks.append(checked_verdict(report, registry))
    repeater = PrivateStack(settings, media) if replay and media is not None else None
    checks.append(await checked_repeat(report, checks, repeater))
    return checks


@dataclass(frozen=True)
class PrivateStack:
    """`Repeater` by a stack that is started for it and leaves nothing behind."""

    settings: CliSettings
    media: Path

    async def analyze_again(self, report: report_pb2.Report) -> resources_pb2.Analysis:
        """The analysis at the report's depth. Raises TelltaleError, StartFailed."""
        say("starting a stack for the replay …")
        wish = Wish(report.analysis.depth, report.judged.language, fresh=True)
        with tempfile.TemporaryDirectory(prefix="telltale-replay-") as folder:
            settings = self.settings.changed(state=Path(folder) / "state")
            async with private_stack(settings, say) as connection, connection.client() as client:
                return await StackAnalyzer(client, wish, lambda *_: None).analyze(self.media)


def _print(file: Path, checks: Sequence[Check], *, as_json: bool, refused: bool) -> None:
    if as_json:
        answer = {"file": str(file), "ok": not refused, "checks": [asdict(check) for check in checks]}
        click.echo(json_line(answer))
        return
    console = Console(highlight=False, soft_wrap=True)
    for check in checks:
        console.print(Text.assemble((f"{check.result:<12}", _STYLES[check.result]), f"{check.name:<10} {check.text}"))
    skipped = sum(check.result is Result.NOT_CHECKED for check in checks)
    console.print(Text("REFUSED: do not rely on this file" if refused else f"no check says no; not checked: {skipped}"))
