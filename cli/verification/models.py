"""Whether the models at hand are those of a report, and whether they judge its evidence the same way again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cli.verification.outcome import Check, no, not_checked, ok, verdict
from cli.verification.reading import safe
from fusion_svc.judge import judge
from fusion_svc.model import read_fusion_model
from kit.errors import InvalidRequest, ModelInvalid
from kit.models.registry import Registry
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.report.v1 import report_pb2

TOLERANCE = 1e-4
"""Most that a number may differ."""
# Of risk scores, which follow from the log-odds: earlier versions told them to a tenth.
_RISK_STEP, _STEEPEST = 0.5, 25.0
_MOST = 256
# Names become paths: nothing else may be in them.
_NAME, _VERSION = re.compile("[a-z][a-z0-9_]{0,63}"), re.compile(r"[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}")


def checked_models(report: report_pb2.Report, registry: Registry) -> Iterator[Check]:
    """Every model behind the report against the one of the same name and version here, files included."""
    recorded = report.analysis.verdict.replay
    if len(recorded.models) > _MOST:
        yield no("model", f"it names {len(recorded.models)} models, more than there can be tests")
        return
    for reference in (*recorded.models, recorded.fusion_model):
        yield _model(reference, registry)


def checked_verdict(report: report_pb2.Report, registry: Registry) -> Check:
    """The recorded evidence, judged again by the recorded fusion model."""
    reference = report.analysis.verdict.replay.fusion_model
    at_hand = _model(reference, registry)
    if at_hand.result != "ok":
        return not_checked("verdict", "its fusion model is not at hand, so nothing can be judged again")
    try:
        model = read_fusion_model(registry.load(reference.name, reference.version))
        again = judge(report.judged.evidence, report.judged.media, model)
    except (InvalidRequest, ModelInvalid) as error:
        return no("verdict", f"the recorded evidence cannot be judged: {safe(error.message)}")
    was = report.analysis.verdict
    return verdict("verdict", differences(was, again), f"judged again: {label(again)}, log-odds {again.log_odds:.4f}")


def differences(was: verdict_pb2.Verdict, again: verdict_pb2.Verdict, tolerance: float = TOLERANCE) -> list[str]:
    """What two verdicts disagree on: log-odds by more than the tolerance, risk scores by more than follows from it and a step."""
    found = []
    if was.label != again.label:
        found.append(f"the label is {label(was)}, again {label(again)}")
    allowed = {"log_odds": tolerance, "prior_log_odds": tolerance, "risk_score": _RISK_STEP + _STEEPEST * tolerance}
    for name, most in allowed.items():
        one, other = getattr(was, name), getattr(again, name)
        if not abs(one - other) <= most:
            found.append(f"{name} is {one:.4f}, again {other:.4f}")
    return found + _contributions(was.contributions, again.contributions, tolerance)


def label(of: verdict_pb2.Verdict) -> str:
    """E.g. "SUSPICIOUS"; a number that is no label by that number."""
    names = {number: name for name, number in verdict_pb2.Label.items()}
    return names.get(of.label, str(of.label)).removeprefix("LABEL_")


def _contributions(
    was: Sequence[verdict_pb2.Contribution], again: Sequence[verdict_pb2.Contribution], tolerance: float
) -> list[str]:
    one, other = ({entry.cue: entry.log_odds for entry in entries} for entries in (was, again))
    if len(one) != len(was) or set(one) != set(other):
        return ["other tests contributed"]
    return [
        f"{safe(cue, 64)} added {one[cue]:.4f}, again {other[cue]:.4f}"
        for cue in sorted(one)
        if not abs(one[cue] - other[cue]) <= tolerance
    ]


def _model(reference: evidence_pb2.ModelReference, registry: Registry) -> Check:
    name, version = reference.name, reference.version
    if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version):
        return no("model", f"{safe(f'{name} {version}', 80)!r} is no name and version of a model")
    shown = f"{name} {version}"
    if version not in registry.versions(name):
        return not_checked("model", f"{shown} is not in {registry.root}")
    try:
        found = registry.load(name, version)
    except ModelInvalid as error:
        return no("model", f"{shown} here is damaged or swapped: {safe(error.message, 400)}")
    if found.card_sha256 != reference.card_sha256:
        return no("model", f"{shown} here is another one: its card has another SHA-256 than the recorded one")
    return ok("model", f"{shown}, card {found.card_sha256[:16]}…, files checked")
