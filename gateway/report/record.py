"""The record behind every report: signed, canonical JSON. Equal analyses give equal bytes, whenever they are asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import metadata

from google.protobuf import timestamp_pb2

from kit.sealing.canonical import canonical_json
from kit.sealing.keys import SigningKey
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

FORMAT = "telltale-report/2"
LIMITS = (
    "This report states measurements and how often they are wrong. It is no proof, and it does not say who changed what, or why.",
    "It speaks of one file, the one with the SHA-256 given here; another copy of the same may give another result.",
    "Tests without an opinion had nothing to say. That is never a sign of authenticity.",
    "Error rates were measured on the data that are named beside them; elsewhere they may be higher.",
    "No test here can see a false caption or a staged scene.",
    "The signature shows that nobody changed this record since it was written, not that what it says is true.",
)


@functools.cache
def telltale_version() -> str:
    """Version of the installed program."""
    return metadata.version("telltale")


def report_of(
    analysis: resources_pb2.Analysis,
    judged: fusion_service_pb2.FuseRequest,
    received: timestamp_pb2.Timestamp | None,
    version: str,
) -> report_pb2.Report:
    """The record of an analysis that has its verdict; `received` is when the file came in, None when nobody knows."""
    return report_pb2.Report(
        format=FORMAT,
        analysis=analysis,
        judged=judged,
        custody=_custody(analysis, received),
        models=_models(analysis, judged),
        limits=LIMITS,
        telltale_version=version,
    )


def sealed(report: report_pb2.Report, key: SigningKey) -> bytes:
    """The file that is handed on: a SignedReport as canonical JSON."""
    signed = canonical_json(report)
    # What canonical_json would write, without writing a long report twice.
    return b'{"report":' + signed + b',"signature":' + canonical_json(key.sign(signed)) + b"}"


def _custody(
    analysis: resources_pb2.Analysis, received: timestamp_pb2.Timestamp | None
) -> Iterator[report_pb2.CustodyEvent]:
    steps = (
        (received, "received", "The file arrived. Its length and SHA-256 were taken from the bytes as they came in."),
        (
            analysis.create_time,
            "analysis_started",
            "Its bytes were handed to the detectors, which compare their SHA-256.",
        ),
        (
            analysis.complete_time,
            "analysis_completed",
            "All evidence was in, was judged, and was stored with the verdict.",
        ),
    )
    for time, event, text in steps:
        if time is not None:
            yield report_pb2.CustodyEvent(time=time, event=event, text=text, media_sha256=analysis.info.sha256)


def _models(
    analysis: resources_pb2.Analysis, judged: fusion_service_pb2.FuseRequest
) -> Iterator[report_pb2.ReportModel]:
    cues: dict[tuple[str, str, str], list[str]] = {_key(analysis.verdict.replay.fusion_model): []}
    for piece in judged.evidence:
        if piece.HasField("model"):
            cues.setdefault(_key(piece.model), []).append(piece.cue)
    for name, version, card_sha256 in sorted(cues):
        reference = evidence_pb2.ModelReference(name=name, version=version, card_sha256=card_sha256)
        yield report_pb2.ReportModel(reference=reference, cues=sorted(cues[name, version, card_sha256]))


def _key(model: evidence_pb2.ModelReference) -> tuple[str, str, str]:
    return model.name, model.version, model.card_sha256
