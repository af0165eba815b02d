"""The record behind every report: signed, canonical JSON. Equal analyses give equal bytes, whenever they are asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import metadata

from google.protobuf import timestamp_pb2

from gateway.report.wording import ENGLISH, wording
from kit.sealing.canonical import canonical_json
from kit.sealing.keys import SigningKey
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

FORMAT = "telltale-report/2"
# English in every record, as its codes are; documents retell them in the language of the verdict.
_LIMITS = ("no_proof", "one_file", "silence", "elsewhere", "caption", "signature")


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
        limits=[wording(ENGLISH).say(f"limit_{code}") for code in _LIMITS],
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
    recalled = {origin.detector for origin in analysis.origins if origin.recalled_from}
    # Who could not be reached has no origin, and was asked all the same.
    named = {origin.detector for origin in analysis.origins} | {each.detector for each in analysis.progress}
    asked = named - recalled
    steps = (
        (received, "received"),
        (analysis.create_time, "evidence_recalled") if recalled else (None, ""),
        (analysis.create_time, "analysis_started") if asked or not recalled else (None, ""),
        (analysis.complete_time, "analysis_completed"),
    )
    for time, event in steps:
        if time is not None:
            text = wording(ENGLISH).say(event)
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
