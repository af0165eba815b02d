"""Was the file of a video or a recording written by the device that it claims?

Who writes a container shows in the order of its parts, its brands, the names of its handlers, private boxes, and the name that an
encoder leaves in the stream (Gloe, Fischer, Kirchner 2014, "Forensic analysis of video file formats"; Iuliano et al. 2018, "A
video forensic framework for the unsupervised analysis of MP4-like file container"). A file that was copied into another container
or coded again is not manipulated: messengers do it to every video. So only contradictions with what the file itself claims count,
the strongest alone decides, all ratios are low and capped, and a file that claims nothing gives no opinion. All numbers are
assumptions, stated in the `container_rules` model: there is no labelled set of originals and changed files to measure them on.
"""

from __future__ import annotations

from datetime import datetime

from kit.convert.evidence import abstention, finding
from metadata_svc.claim import Claim
from metadata_svc.cues import container_checks as device
from metadata_svc.cues import container_time_checks as times
from metadata_svc.cues.exif_checks import Answer, Conflict, Outcome
from telltale.common.v1 import evidence_pb2

CUE = "container_structure"
_DEVICE_CHECKS = (
    device.devices_differ, device.model_of_other_make, device.marks_of_other_maker, device.encoder_of_program,
    device.writer_of_program, device.handlers_of_other, device.brand_of_other, device.codec_of_other, device.index_first,
    device.time_missing, device.several_edits,
)  # fmt: skip
_TIME_CHECKS = (
    times.track_times_differ, times.created_in_future, times.dates_differ, times.durations_differ,
    times.header_impossible, times.encoders_differ,
)  # fmt: skip


def answers(claim: Claim, now: datetime) -> dict[str, Answer]:
    """What each check says, by its name."""
    said = {check.__name__: check(claim) for check in _DEVICE_CHECKS}
    return said | {check.__name__: check(claim, now) for check in _TIME_CHECKS}


def conflicts(claim: Claim, now: datetime) -> list[Conflict]:
    """All contradictions, in the order of the checks."""
    return [answer for answer in answers(claim, now).values() if isinstance(answer, Conflict)]


def examine(claim: Claim, now: datetime) -> evidence_pb2.Evidence:
    """Evidence from the strongest contradiction."""
    container, rules = claim.container, claim.rules
    if not container["layout"] and not container["tracks"]:
        wanted = {"wanted": "container structure"}
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ, wanted, model=rules.reference)
    found, ratios = conflicts(claim, now), rules.log_likelihood_ratios
    if found:
        strongest = max(found, key=lambda conflict: ratios[conflict.code])
        parameters = {**strongest.parameters, "conflicts": str(len(found))}
        return finding(CUE, ratios[strongest.code], 1.0, strongest.code, parameters, model=rules.reference)
    facts = {
        "format": container["format"],
        "device": claim.device or "unknown",
        "writer": container["writer"] or "unknown",
        "encoder": container["encoder"] or "unknown",
        "checks": str(sum(answer is Outcome.PASSED for answer in answers(claim, now).values())),
    }
    return abstention(CUE, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, facts, model=rules.reference)
