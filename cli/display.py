"""Verdicts for people: label, risk, why, and what was not examined."""

from __future__ import annotations

from datetime import UTC

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.output import Outcome, label_name
from cli.plain import plain
from cli.sound import lips_in_words, subject
from cli.timeline import in_words
from kit.errors import TelltaleError
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2

_STYLES = {
    "AUTHENTIC": "bold green",
    "SUSPICIOUS": "bold yellow",
    "MANIPULATED": "bold red",
    "INCONCLUSIVE": "bold cyan",
}
_SIGNS = {verdict_pb2.EXPLANATION_ROLE_FOR: "▲", verdict_pb2.EXPLANATION_ROLE_AGAINST: "▼"}
_NOT_EXAMINED = verdict_pb2.EXPLANATION_ROLE_NOT_EXAMINED


def show(console: Console, file: str, outcome: Outcome) -> None:
    """Prints one file's verdict, or why there is none."""
    if isinstance(outcome, TelltaleError):
        reason, message = (outcome.reason_name(), "bold red"), f" {plain(outcome.message)}"
        console.print(Text.assemble((plain(file), "bold"), ": ", reason, message))
        return
    verdict = outcome.verdict
    console.print(_headline(file, verdict))
    console.print(
        Padding(
            Group(*_segments(outcome), *_lips(outcome), *_sentences(verdict), *_recalled(outcome)),
            (0, 0, 0, 2),
            expand=False,
        )
    )


def _headline(file: str, verdict: verdict_pb2.Verdict) -> Text:
    name = label_name(verdict.label)
    sure = f", {verdict.confidence:.0%} sure" if verdict.HasField("confidence") else ""
    risk = f"  risk {verdict.risk_score:.1f} of 100{sure}"
    return Text.assemble((plain(file), "bold"), ": ", (name, _STYLES.get(name, "bold")), risk)


def _segments(analysis: resources_pb2.Analysis) -> list[RenderableType]:
    """The stretches at or above the threshold, worst first; for a clean file none."""
    return [Text(in_words(each, subject(each, analysis))) for each in analysis.verdict.segments]


def _lips(analysis: resources_pb2.Analysis) -> list[RenderableType]:
    """How the lips of people lie against the sound."""
    return [Text(lips_in_words(each)) for each in analysis.lip_sync]


def _sentences(verdict: verdict_pb2.Verdict) -> list[RenderableType]:
    return [
        Text(f"{_SIGNS.get(each.role, '·')} {plain(each.text)}", style="dim" if each.role == _NOT_EXAMINED else "")
        for each in verdict.explanation
    ]


def _recalled(analysis: resources_pb2.Analysis) -> list[RenderableType]:
    """What was taken over from an earlier analysis, and from when it is."""
    taken = [each for each in analysis.origins if each.recalled_from]
    if not taken:
        return []
    oldest = min(each.complete_time.ToDatetime(UTC) for each in taken)
    names = ", ".join(sorted(each.detector for each in taken))
    text = f"· Taken over from an earlier analysis of {oldest:%Y-%m-%d %H:%M} UTC: {names}. Look anew with --fresh."
    return [Text(text, style="dim")]
