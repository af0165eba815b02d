"""Was the JPEG stream written by the camera that the EXIF names?

Cameras write baseline streams, mostly with tables of their own and without a JFIF header; libraries that programs save with write
the scaled tables of ITU-T T.81 Annex K under a JFIF header, and Adobe's programs have tables of their own (Kornblum 2008, "Using
JPEG quantization tables to identify imagery processed by software"; Kee, Johnson, Farid 2011, "Digital image authentication from
JPEG headers"). A file that was saved again is not manipulated: messengers do it to every photo. So the numbers of the
`metadata_rules` model are smoothed counts with a low cap, and a file that names no camera gives no opinion at all.
"""

from __future__ import annotations

from kit.convert.evidence import abstention, finding
from metadata_svc.facts import Facts
from metadata_svc.reading.jpeg import JpegFacts
from metadata_svc.rules import CAMERA, EDITOR, Rules
from telltale.common.v1 import evidence_pb2

CUE = "jpeg_structure"
TABLES_OF_EDITOR = "jpeg_tables_of_editor"
CAMERA_PROGRESSIVE = "jpeg_camera_progressive"
CAMERA_REENCODED = "jpeg_camera_reencoded"
TABLES_OF_CAMERA = "jpeg_tables_of_camera"
_LIBRARY = "IJG libjpeg or compatible"


def encoder_name(facts: Facts, rules: Rules) -> str:
    """Who is known for these tables; empty when nobody is."""
    jpeg = facts.reading["jpeg"]
    if jpeg is None:
        return ""
    known = rules.encoders.get(jpeg["tables_fingerprint"])
    return known.name if known else _LIBRARY if jpeg["standard_tables"] else ""


def reason(facts: Facts, jpeg: JpegFacts, rules: Rules) -> str | None:
    """Code of what the stream says about the camera's claim; None when it says nothing."""
    known = rules.encoders.get(jpeg["tables_fingerprint"])
    if known is not None and known.kind == EDITOR:
        return TABLES_OF_EDITOR
    if jpeg["progressive"]:
        return CAMERA_PROGRESSIVE
    if jpeg["standard_tables"] and "JFIF" in facts.reading["marks"]:
        return CAMERA_REENCODED
    same_camera = known is not None and known.kind == CAMERA and known.name == facts.camera
    return TABLES_OF_CAMERA if same_camera else None


def examine(facts: Facts, rules: Rules) -> evidence_pb2.Evidence:
    """Evidence from the stream's structure."""
    jpeg = facts.reading["jpeg"]
    if facts.mime_type != "image/jpeg":
        type_of_file = {"mime_type": facts.mime_type}
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE, type_of_file, model=rules.reference)
    if jpeg is None:
        return abstention(
            CUE,
            evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ,
            {"wanted": "quantisation tables"},
            model=rules.reference,
        )
    parameters = {
        "camera": facts.camera or "unknown",
        "encoder": encoder_name(facts, rules) or "unknown",
        "quality": str(jpeg["quality_estimate"]),
    }
    code = reason(facts, jpeg, rules) if facts.camera else None
    if code is None or not rules.log_likelihood_ratios[code]:
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, parameters, model=rules.reference)
    return finding(CUE, rules.log_likelihood_ratios[code], 1.0, code, parameters, model=rules.reference)
