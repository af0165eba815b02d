"""What scripts rely on: the JSON lines of `telltale analyze --json` and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from cli import sound, timeline
from kit.errors import TelltaleError
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2

EXIT_OK = 0
EXIT_ERROR = 1
_EXIT_CODES = {"AUTHENTIC": EXIT_OK, "SUSPICIOUS": 10, "MANIPULATED": 20, "INCONCLUSIVE": 30}
# An unanswered file outweighs every answer; among answers the one that asks for most attention wins.
_WORST_FIRST = (EXIT_ERROR, 20, 10, 30, EXIT_OK)

Outcome = resources_pb2.Analysis | TelltaleError


def label_name(label: verdict_pb2.Label.ValueType) -> str:
    """E.g. "MANIPULATED"."""
    return verdict_pb2.Label.Name(label).removeprefix("LABEL_")


def abstention_name(reason: evidence_pb2.AbstentionReason.ValueType) -> str:
    """E.g. "NO_FACE"."""
    return evidence_pb2.AbstentionReason.Name(reason).removeprefix("ABSTENTION_REASON_")


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """The worst of all: 1 error, then 20 manipulated, 10 suspicious, 30 inconclusive, 0 authentic."""
    return exit_code_of("" if isinstance(each, TelltaleError) else label_name(each.verdict.label) for each in outcomes)


def exit_code_of(labels: Iterable[str]) -> int:
    """The same by names of labels; an empty one is a file that could not be judged."""
    codes = {_EXIT_CODES.get(label, EXIT_ERROR) for label in labels}
    return next((code for code in _WORST_FIRST if code in codes), EXIT_OK)


def as_json(file: str, outcome: Outcome) -> dict[str, Any]:
    """One line of `--json`: the verdict, or `error` with reason and message."""
    if isinstance(outcome, TelltaleError):
        return {"file": file, "error": {"reason": outcome.reason_name(), "message": outcome.message}}
    verdict = outcome.verdict
    return {
        "file": file,
        "media_sha256": outcome.info.sha256,
        "label": label_name(verdict.label),
        "risk_score": verdict.risk_score,
        "confidence": verdict.confidence if verdict.HasField("confidence") else None,
        "signals": _signals(outcome),
        "abstentions": {each.cue: abstention_name(each.abstention.reason) for each in verdict.abstentions},
        "segments": [timeline.as_json(segment) for segment in verdict.segments],
        "lip_sync": [sound.as_json(curve) for curve in outcome.lip_sync],
        "analysis": outcome.name,
        "recalled": sorted(each.detector for each in outcome.origins if each.recalled_from),
    }


def json_line(content: object) -> str:
    """JSON that every output can take: what of a file's name is not UTF-8 is written as an escape, which JSON has too."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _signals(analysis: resources_pb2.Analysis) -> dict[str, float | None]:
    silent: dict[str, float | None] = {each.cue: None for each in analysis.verdict.abstentions}
    heard = {each.cue: _log_likelihood_ratio(each) for each in analysis.evidence}
    return dict(sorted((silent | heard).items()))


def _log_likelihood_ratio(evidence: evidence_pb2.Evidence) -> float | None:
    return evidence.finding.log_likelihood_ratio if evidence.HasField("finding") else None
