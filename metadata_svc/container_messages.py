"""Facts about a container as the contract's message, with what was observed about its writing."""

from __future__ import annotations

from datetime import datetime

from metadata_svc.claim import Claim
from metadata_svc.cues import container_structure
from metadata_svc.cues.exif_checks import Conflict, Outcome
from metadata_svc.reading.containers.found import TrackReading
from telltale.metadata.v1 import facts_pb2

WRITTEN_BY_PROGRAM = "container_written_by_program"
FRAGMENTED = "container_fragmented"
TRUNCATED = "container_truncated"
FITS_DEVICE = "container_fits_device"
# Checks that a device passes by writing as its maker's devices do, not by the absence of something.
_WAYS = ("handlers_of_other", "brand_of_other", "codec_of_other")


def container_message(claim: Claim, now: datetime) -> facts_pb2.ContainerStructure:
    """All facts of a container; contradictions stand in front of what weighs nothing."""
    container = claim.container
    observed = (*container_structure.conflicts(claim, now), *_observations(claim, now))
    return facts_pb2.ContainerStructure(
        format=container["format"],
        layout=container["layout"],
        index_last=container["index_last"],
        writer=container["writer"],
        encoder=container["encoder"],
        device=claim.device,
        tracks=[_track(track) for track in container["tracks"]],
        observations=[facts_pb2.MetadataConflict(code=found.code, parameters=found.parameters) for found in observed],
    )


def _track(track: TrackReading) -> facts_pb2.ContainerTrack:
    return facts_pb2.ContainerTrack(
        kind=track["kind"],
        codec=track["codec"],
        profile=track["profile"],
        handler=track["handler"],
        edits=track["edits"],
        create_time=track["create_time"],
    )


def _observations(claim: Claim, now: datetime) -> list[Conflict]:
    container, said = claim.container, container_structure.answers(claim, now)
    program = claim.rules.program(container["writer"]) or claim.rules.program(container["encoder"])
    contradicts = any(isinstance(answer, Conflict) for answer in said.values())
    fits = not contradicts and any(said[way] is Outcome.PASSED for way in _WAYS)
    noted = {
        WRITTEN_BY_PROGRAM: {"program": program} if program else None,
        FRAGMENTED: {} if "moof" in container["layout"] else None,
        TRUNCATED: {} if "part_beyond_end" in container["flaws"] else None,
        FITS_DEVICE: {"device": claim.device} if fits else None,
    }
    return [Conflict(code, parameters) for code, parameters in noted.items() if parameters is not None]
