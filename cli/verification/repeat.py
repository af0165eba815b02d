"""Whether the detectors say the same of the file when they are asked again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cli.verification.models import TOLERANCE, differences, label
from cli.verification.outcome import Check, not_checked, verdict
from cli.verification.reading import safe
from gateway.making.rounding import RATIO_STEP
from telltale.common.v1 import evidence_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

# Another processor differs in the last digits, and what lies at the edge of a step may be rounded to the next one.
_STEP = RATIO_STEP + TOLERANCE


class Repeater(Protocol):
    """Analyses a file anew with detectors of this machine."""

    async def analyze_again(self, report: report_pb2.Report) -> resources_pb2.Analysis:
        """The analysis. Raises TelltaleError."""
        ...


async def checked_repeat(report: report_pb2.Report, checks: Iterable[Check], repeater: Repeater | None) -> Check:
    """The analysis made again, number by number; only for the very file and the very models of the report."""
    if repeater is None:
        return not_checked("replay", "give the file and --replay to have the detectors run again")
    if any(check.name in {"media", "model"} and check.result != "ok" for check in checks):
        return not_checked(
            "replay", "the file or the models are not those of the report, so its numbers cannot come out again"
        )
    again = await repeater.analyze_again(report)
    if list(again.verdict.replay.models) != list(report.analysis.verdict.replay.models):
        return not_checked("replay", "the detectors here run other versions of the models than the report names")
    wrong = [
        *differences(report.analysis.verdict, again.verdict, _STEP),
        *_ratios(report.judged.evidence, again.evidence),
    ]
    risk = f"{label(again.verdict)}, risk {again.verdict.risk_score:.1f}, log-odds {again.verdict.log_odds:.4f}"
    return verdict("replay", wrong, f"the detectors say the same again: {risk}")


def _ratios(was: Iterable[evidence_pb2.Evidence], again: Iterable[evidence_pb2.Evidence]) -> list[str]:
    one, other = _heard(was), _heard(again)
    return [
        f"{safe(cue, 64)} says {_shown(one.get(cue))}, again {_shown(other.get(cue))}"
        for cue in sorted(one.keys() | other.keys())
        if not _alike(one.get(cue), other.get(cue))
    ]


def _heard(evidence: Iterable[evidence_pb2.Evidence]) -> dict[str, float]:
    return {piece.cue: piece.finding.log_likelihood_ratio for piece in evidence if piece.HasField("finding")}


def _alike(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _STEP


def _shown(ratio: float | None) -> str:
    return "nothing" if ratio is None else f"{ratio:.4f}"
