"""Did a program that makes or remakes pictures sign the file?

A generator's own chunk is near to a confession: 12 of 12 generator files in the measured set carry one and none of the real
photos does; the ratio is capped because a mark can be planted, and because generators also retouch real photos. A program for
faces (FaceApp and its like) speaks for a change of the face. An ordinary editor says little: one real photo in ten of the
measured scenes went through one. A statement in XMP that the picture is synthetic is unsigned and capped like a mark. No mark is
no sign of authenticity: most platforms remove them all.
"""

from __future__ import annotations

from collections.abc import Iterator

from kit.convert.evidence import abstention, finding
from metadata_svc.facts import XMP, Facts
from metadata_svc.rules import EDITOR, FACE_EDITOR, GENERATOR, Rules
from metadata_svc.software import Trace
from telltale.common.v1 import evidence_pb2

CUE = "software_traces"
GENERATOR_MARK = "software_generator_mark"
DECLARED_SYNTHETIC = "software_declared_synthetic"
DECLARED_COMPOSITE = "software_declared_composite"
FACE_EDITOR_MARK = "software_face_editor_mark"
EDITOR_MARK = "software_editor_mark"
SYNTHETIC_TYPES = ("trainedAlgorithmicMedia", "algorithmicMedia")
"""IPTC digital source types of pictures that no camera took."""
COMPOSITE_TYPES = ("compositeWithTrainedAlgorithmicMedia", "compositeSynthetic")
"""IPTC digital source types of pictures that are synthetic in part."""
_CODES = {GENERATOR: GENERATOR_MARK, FACE_EDITOR: FACE_EDITOR_MARK, EDITOR: EDITOR_MARK}


def declared_types(facts: Facts) -> list[str]:
    """IPTC digital source types declared in XMP, without their common prefix."""
    tags = facts.reading["tags"]
    values = (tag["value"] for tag in tags if tag["group"] == XMP and tag["name"] == "DigitalSourceType")
    return list(dict.fromkeys(value.rstrip("/").rpartition("/")[2] for value in values))


def examine(facts: Facts, traces: list[Trace], rules: Rules) -> evidence_pb2.Evidence:
    """Evidence from the strongest mark."""
    ratios = rules.log_likelihood_ratios
    marks = [*_marks(traces), *_declarations(facts)]
    if marks:
        code, parameters = max(marks, key=lambda mark: ratios[mark[0]])
        return finding(CUE, ratios[code], 1.0, code, parameters, model=rules.reference)
    if facts.reading["tags"]:
        tags = {"tags": str(len(facts.reading["tags"]))}
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, tags, model=rules.reference)
    wanted = {"wanted": "tags that name a program"}
    return abstention(CUE, evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ, wanted, model=rules.reference)


def _marks(traces: list[Trace]) -> Iterator[tuple[str, dict[str, str]]]:
    for trace in traces:
        if trace.kind in _CODES:
            yield _CODES[trace.kind], {"program": trace.name, "location": trace.location}


def _declarations(facts: Facts) -> Iterator[tuple[str, dict[str, str]]]:
    for kind in declared_types(facts):
        if kind in SYNTHETIC_TYPES:
            yield DECLARED_SYNTHETIC, {"source_type": kind, "location": XMP}
        elif kind in COMPOSITE_TYPES:
            yield DECLARED_COMPOSITE, {"source_type": kind, "location": XMP}
