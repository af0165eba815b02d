"""Verdicts held against what turned out to be true: the beginning of measuring us on one's own cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cli.output import label_name
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2

_AUTHENTIC, _MANIPULATED = resources_pb2.TRUTH_AUTHENTIC, resources_pb2.TRUTH_MANIPULATED
_ALARMS = (verdict_pb2.LABEL_SUSPICIOUS, verdict_pb2.LABEL_MANIPULATED)


@dataclass(frozen=True)
class Tally:
    """Counts of cases. Cases that somebody told us of are not drawn at random: no rates are made of them here.

    Attributes:
        authentic, manipulated: by what is true.
        right: an alarm for what is manipulated, none for what is genuine.
        false_alarms: SUSPICIOUS or MANIPULATED for what is genuine.
        misses: AUTHENTIC for what is manipulated.
        inconclusive: we took no side.
    """

    authentic: int
    manipulated: int
    right: int
    false_alarms: int
    misses: int
    inconclusive: int


def tally(said: Iterable[resources_pb2.Feedback]) -> Tally:
    """Counts how often we were right and wrong."""
    cases = [(each.truth, each.label) for each in said]
    false_alarms = sum(truth == _AUTHENTIC and label in _ALARMS for truth, label in cases)
    misses = sum(truth == _MANIPULATED and label == verdict_pb2.LABEL_AUTHENTIC for truth, label in cases)
    inconclusive = sum(label == verdict_pb2.LABEL_INCONCLUSIVE for _, label in cases)
    return Tally(
        authentic=sum(truth == _AUTHENTIC for truth, _ in cases),
        manipulated=sum(truth == _MANIPULATED for truth, _ in cases),
        right=len(cases) - false_alarms - misses - inconclusive,
        false_alarms=false_alarms,
        misses=misses,
        inconclusive=inconclusive,
    )


def truth_name(truth: resources_pb2.Truth.ValueType) -> str:
    """E.g. "MANIPULATED"."""
    return resources_pb2.Truth.Name(truth).removeprefix("TRUTH_")


def as_json(said: Sequence[resources_pb2.Feedback]) -> dict[str, Any]:
    """What `telltale feedback --json` prints: `cases`, and their `counts`."""
    return {"cases": [_case(each) for each in said], "counts": asdict(tally(said))}


def _case(said: resources_pb2.Feedback) -> dict[str, Any]:
    return {
        "analysis": said.name.removesuffix("/feedback"),
        "media_sha256": said.media_sha256,
        "truth": truth_name(said.truth),
        "comment": said.comment,
        "update_time": said.update_time.ToJsonString(),
        "label": label_name(said.label),
        "risk_score": said.risk_score,
        "fusion_model": {"name": said.fusion_model.name, "version": said.fusion_model.version},
    }
