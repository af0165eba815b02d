"""Facts as the contract's messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from metadata_svc.cues.exif_checks import Conflict
from metadata_svc.cues.software_traces import declared_types
from metadata_svc.facts import Facts
from metadata_svc.reading.c2pa_manifest import ProvenanceReading
from metadata_svc.rules import CAMERA, CONVERTER, EDITOR, FACE_EDITOR, GENERATOR
from metadata_svc.software import Trace, origin
from telltale.metadata.v1 import facts_pb2

_KINDS = {
    CAMERA: facts_pb2.SOFTWARE_KIND_CAMERA,
    CONVERTER: facts_pb2.SOFTWARE_KIND_EDITOR,
    EDITOR: facts_pb2.SOFTWARE_KIND_EDITOR,
    FACE_EDITOR: facts_pb2.SOFTWARE_KIND_EDITOR,
    GENERATOR: facts_pb2.SOFTWARE_KIND_GENERATOR,
}


def facts_message(
    facts: Facts, traces: Sequence[Trace], conflicts: Iterable[Conflict], encoder: str
) -> facts_pb2.MetadataFacts:
    """All facts of a file. `encoder` is the program known for its JPEG tables, or empty."""
    return facts_pb2.MetadataFacts(
        tags=[facts_pb2.MetadataTag(**tag) for tag in facts.reading["tags"]],
        jpeg=_jpeg(facts, encoder),
        software=[
            facts_pb2.SoftwareTrace(kind=_KINDS[trace.kind], name=trace.name, location=trace.location)
            for trace in traces
        ],
        provenance=_provenance(facts),
        conflicts=[facts_pb2.MetadataConflict(code=found.code, parameters=found.parameters) for found in conflicts],
        thumbnail=_preview(facts),
        origin=origin(traces),
    )


def _jpeg(facts: Facts, encoder: str) -> facts_pb2.JpegStructure | None:
    jpeg = facts.reading["jpeg"]
    if jpeg is None:
        return None
    return facts_pb2.JpegStructure(
        quality_estimate=jpeg["quality_estimate"],
        standard_tables=jpeg["standard_tables"],
        subsampling=jpeg["subsampling"],
        progressive=jpeg["progressive"],
        standard_huffman=jpeg["standard_huffman"],
        tables_fingerprint=jpeg["tables_fingerprint"],
        encoder=encoder,
    )


def _preview(facts: Facts) -> facts_pb2.ThumbnailComparison | None:
    return None if facts.preview is None else facts_pb2.ThumbnailComparison(**facts.preview)


def _provenance(facts: Facts) -> facts_pb2.Provenance:
    reading = facts.provenance
    types = [*reading["source_types"], *reading["ingredient_source_types"], *declared_types(facts)]
    if not reading["present"]:
        return facts_pb2.Provenance(
            integrity=facts_pb2.PROVENANCE_INTEGRITY_ABSENT,
            digital_source_types=types,
            remote_manifest=facts.remote_manifest,
        )
    trusted = reading["trusted"]
    return facts_pb2.Provenance(
        integrity=_integrity(reading),
        trust=facts_pb2.SIGNER_TRUST_TRUSTED if trusted else facts_pb2.SIGNER_TRUST_UNTRUSTED,
        claim_generator=reading["claim_generator"],
        issuer=reading["issuer"],
        failures=reading["failures"],
        digital_source_types=list(dict.fromkeys(types)),
        actions=reading["actions"],
        trust_list_sha256=facts.trust_list_sha256,
    )


def _integrity(reading: ProvenanceReading) -> facts_pb2.ProvenanceIntegrity.ValueType:
    if reading["elsewhere"]:
        return facts_pb2.PROVENANCE_INTEGRITY_NOT_VERIFIABLE
    return facts_pb2.PROVENANCE_INTEGRITY_INTACT if reading["intact"] else facts_pb2.PROVENANCE_INTEGRITY_BROKEN
