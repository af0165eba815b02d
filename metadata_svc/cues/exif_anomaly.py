"""Are the camera data written as a camera writes them?

A learned sum of a dozen habits (`exif_traits`), each with its own weight: the reason names the trait that adds most. Learned
from a few dozen camera files of a dozen makes and from manipulations of them, so its ratio is capped low; and what it finds is
that tags were rewritten or made up, which programs that change nothing in the picture do as well. Where a program names itself,
its habits are explained by that mark, of which `software_traces` speaks, and this test abstains. Contradictions between tags, and
previews that show another picture, belong to `exif_consistency`. EXIF that was copied whole from a real photo passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kit.convert.evidence import abstention, finding
from metadata_svc.anomaly import AnomalyModel
from metadata_svc.cues.exif_traits import traits_of
from metadata_svc.facts import Facts
from metadata_svc.rules import CAMERA
from metadata_svc.software import Trace
from telltale.common.v1 import evidence_pb2

CUE = "exif_anomaly"
USUAL = "exif_anomaly_absent"
_PREFIX = "exif_anomaly_"
_TOLD = 3


def examine(facts: Facts, traces: Iterable[Trace], model: AnomalyModel) -> evidence_pb2.Evidence:
    """Evidence from the way in which the tags are written."""
    traits = traits_of(facts)
    if traits is None:
        wanted = {"wanted": "EXIF of a camera"}
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ, wanted, model=model.reference)
    program = next((trace.name for trace in traces if trace.kind != CAMERA), "")
    if program:
        named = {"program": program}
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, named, model=model.reference)
    ratio, added = model.log_likelihood_ratio(traits), model.contributions(traits)
    parameters = {"camera": facts.camera, "traits": _told(added)}
    return finding(CUE, ratio, 1.0, _code(ratio, added), parameters, model=model.reference)


def _code(ratio: float, added: Mapping[str, float]) -> str:
    return _PREFIX + max(added, key=lambda name: added[name]) if ratio > 0 else USUAL


def _told(added: Mapping[str, float]) -> str:
    """The traits that add most, with what they add."""
    strongest = sorted(((value, name) for name, value in added.items() if value > 0), reverse=True)[:_TOLD]
    return ", ".join(f"{name} +{value:.2f}" for value, name in strongest) or "none"
