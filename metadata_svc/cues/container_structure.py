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
from telltale.metadata.v1 import facts_pb2

CUE = "container_structure"
WRITTEN_BY_PROGRAM = "container_written_by_program"
FRAGMENTED = "container_fragmented"
TRUNCATED = "container_truncated"
FITS_DEVICE = "container_fits_device"
_DEVICE_CHECKS = (
    device.devices_differ, device.model_of_other_make, device.marks_of_other_maker, device.encoder_of_program,
    device.writer_of_program, device.handlers_of_other, device.brand_of_other, device.codec_of_other, device.index_first,
    device.time_missing, device.several_edits,
)  # fmt: skip
_TIME_CHECKS = (
    times.track_times_differ, times.created_in_future, times.dates_differ, times.durations_differ,
    times.header_impossible, times.encoders_differ,
)  # fmt: skip
# Checks that a device passes by writing as its maker's devices do, not by the absence of something.
_WAYS = ("handlers_of_other", "brand_of_other", "codec_of_other")


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


def message(claim: Claim, now: datetime) -> facts_pb2.ContainerStructure:
    """The facts as the contract's message."""
    container = claim.container
    tracks = [
        facts_pb2.ContainerTrack(
            kind=track["kind"],
            codec=track["codec"],
            profile=track["profile"],
            handler=track["handler"],
            edits=track["edits"],
            create_time=track["create_time"],
        )
        for track in container["tracks"]
    ]
    return facts_pb2.ContainerStructure(
        format=container["format"],
        layout=container["layout"],
        index_last=container["index_last"],
        writer=container["writer"],
        encoder=container["encoder"],
        device=claim.device,
        tracks=tracks,
        observations=[
            facts_pb2.MetadataConflict(code=conflict.code, parameters=conflict.parameters)
            for conflict in (*conflicts(claim, now), *_observations(claim, now))
        ],
    )


def _observations(claim: Claim, now: datetime) -> list[Conflict]:
    """What is worth telling and weighs nothing."""
    container = claim.container
    program = claim.rules.program(container["writer"]) or claim.rules.program(container["encoder"])
    said = answers(claim, now)
    fits = any(said[way] is Outcome.PASSED for way in _WAYS) and not conflicts(claim, now)
    noted = {
        WRITTEN_BY_PROGRAM: {"program": program} if program else None,
        FRAGMENTED: {} if "moof" in container["layout"] else None,
        TRUNCATED: {} if "part_beyond_end" in container["flaws"] else None,
        FITS_DEVICE: {"device": claim.device} if fits else None,
    }
    return [Conflict(code, parameters) for code, parameters in noted.items() if parameters is not None]
