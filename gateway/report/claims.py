"""What the file says of itself, without judgement. All of it is a stranger's text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from gateway.report.document import Block, Facts, Section, Subheading, Table, Text
from gateway.report.words import from_code, shown, signed
from telltale.metadata.v1 import facts_pb2

_MAX_TAGS, _MAX_ROWS = 40, 40
_ORIGINS = {
    facts_pb2.FILE_ORIGIN_NONE: "It names no camera and no program that edits.",
    facts_pb2.FILE_ORIGIN_CAMERA: "It names a camera and no program that edits.",
    facts_pb2.FILE_ORIGIN_EDITED: "A program that edits or converts left a mark.",
    facts_pb2.FILE_ORIGIN_GENERATED: "A program that synthesises media left a mark.",
}
_KINDS = {
    facts_pb2.SOFTWARE_KIND_CAMERA: "camera or phone",
    facts_pb2.SOFTWARE_KIND_EDITOR: "program for editing or converting",
    facts_pb2.SOFTWARE_KIND_GENERATOR: "program that synthesises media",
}
_INTEGRITY = {
    facts_pb2.PROVENANCE_INTEGRITY_ABSENT: "the file has none, which says nothing",
    facts_pb2.PROVENANCE_INTEGRITY_INTACT: "intact: they match the file",
    facts_pb2.PROVENANCE_INTEGRITY_BROKEN: "broken: they do not match the file, or are damaged",
    facts_pb2.PROVENANCE_INTEGRITY_NOT_VERIFIABLE: "they speak of other files, which were not given",
}
_TRUST = {
    facts_pb2.SIGNER_TRUST_TRUSTED: "on the trust list",
    facts_pb2.SIGNER_TRUST_UNTRUSTED: "not on the trust list",
}


def claims(facts: facts_pb2.MetadataFacts) -> Section:
    """All facts that were read from the file."""
    blocks: list[Block] = [
        Text("Read from the file and not judged here. Marks can be planted, copied and removed.", "small")
    ]
    for heading, found in (
        ("Who wrote the file", list(_origin(facts))),
        ("Content credentials (C2PA)", list(_provenance(facts.provenance)) if facts.HasField("provenance") else []),
        ("JPEG encoding", list(_jpeg(facts))),
        ("Container", list(_container(facts.container)) if facts.HasField("container") else []),
        ("Contradictions", list(_conflicts(facts))),
        ("Tags", list(_tags(facts))),
    ):
        if found:
            blocks += [Subheading(heading), *found]
    if len(blocks) == 1:
        blocks.append(Text("Nothing was found. That is common and says nothing."))
    return Section("What the file says of itself", blocks)


def _origin(facts: facts_pb2.MetadataFacts) -> Iterator[Block]:
    if facts.origin == facts_pb2.FILE_ORIGIN_NONE and facts.software:
        yield Text("It names no camera. The programs that it names write or convert files.")
    elif facts.origin in _ORIGINS:
        yield Text(_ORIGINS[facts.origin])
    if facts.software:
        rows = [(shown(each.name), _KINDS.get(each.kind, "unknown"), shown(each.location)) for each in facts.software]
        yield Table(("Program", "Kind", "Where the mark stands"), rows[:_MAX_ROWS], (34, 33, 33))


def _provenance(found: facts_pb2.Provenance) -> Iterator[Block]:
    rows = {
        "Integrity": _INTEGRITY.get(found.integrity, ""),
        "Signer": _TRUST.get(found.trust, ""),
        "Signed by": found.issuer,
        "Made by": found.claim_generator,
        "Actions": ", ".join(found.actions),
        "Declared source": ", ".join(found.digital_source_types),
        "Failures": ", ".join(found.failures),
        "Kept elsewhere": found.remote_manifest,
        "Trust list (SHA-256)": found.trust_list_sha256,
    }
    yield from _facts(rows, "Trust list (SHA-256)")


def _jpeg(facts: facts_pb2.MetadataFacts) -> Iterator[Block]:
    rows: dict[str, str] = {}
    if facts.HasField("jpeg"):
        jpeg = facts.jpeg
        rows = {
            "Quality": f"{jpeg.quality_estimate} of 100, estimated" if jpeg.quality_estimate else "",
            "Tables": "the standard's, scaled" if jpeg.standard_tables else "the program's own",
            "Known encoder": jpeg.encoder,
            "Chroma subsampling": jpeg.subsampling,
            "Scan": "progressive" if jpeg.progressive else "baseline",
            "Fingerprint of the tables": jpeg.tables_fingerprint,
        }
    if facts.HasField("jpeg_history"):
        history = facts.jpeg_history
        x_px, y_px = history.grid_offset_x_px, history.grid_offset_y_px
        rows["Saved as JPEG before"] = _belief(history.aligned_log_likelihood_ratio)
        rows["Saved before, then cropped"] = _belief(history.shifted_log_likelihood_ratio)
        rows["Likeliest earlier quality"] = f"{history.first_quality} of 100" if history.first_quality else ""
        rows["Offset of the earlier grid"] = f"{x_px}, {y_px} px" if x_px or y_px else ""
    if facts.HasField("thumbnail"):
        preview = facts.thumbnail
        rows["Preview inside the file"] = (
            f"{preview.width_px} × {preview.height_px} px, correlation {preview.correlation:.3f}"
        )
    yield from _facts(rows, "Fingerprint of the tables")


def _belief(log_likelihood_ratio: float) -> str:
    """Two to one counts as nothing said."""
    word = (
        "unclear" if abs(log_likelihood_ratio) < math.log(2) else "likely" if log_likelihood_ratio > 0 else "unlikely"
    )
    return f"{word} (log-likelihood ratio {signed(log_likelihood_ratio)})"


def _container(found: facts_pb2.ContainerStructure) -> Iterator[Block]:
    index = ("behind the media" if found.index_last else "before the media") if found.HasField("index_last") else ""
    rows = {
        "Format": found.format,
        "Parts in file order": ", ".join(found.layout),
        "Index": index,
        "Written by": found.writer,
        "Coded by": found.encoder,
        "Claimed device": found.device,
    }
    yield from _facts(rows)
    if found.tracks:
        tracks = [
            tuple(shown(part) for part in (each.kind, each.codec, each.profile, each.handler, each.create_time))
            for each in found.tracks
        ]
        yield Table(("Track", "Codec", "Profile", "Handler", "Created"), tracks[:_MAX_ROWS], (15, 17, 20, 26, 22))
    if found.observations:
        yield Table(("Noticed", "Details"), [_observed(each) for each in found.observations][:_MAX_ROWS], (45, 55))


def _conflicts(facts: facts_pb2.MetadataFacts) -> Iterator[Block]:
    if facts.conflicts:
        rows = [_observed(each) for each in facts.conflicts]
        yield Table(("What contradicts", "Details"), rows[:_MAX_ROWS], (40, 60))


def _tags(facts: facts_pb2.MetadataFacts) -> Iterator[Block]:
    if facts.tags:
        rows = [(shown(tag.group), shown(tag.name), shown(tag.value)) for tag in facts.tags[:_MAX_TAGS]]
        yield Table(("Where", "Name", "Value"), rows, (18, 28, 54))
    if len(facts.tags) > _MAX_TAGS:
        yield Text(f"The JSON report holds {len(facts.tags) - _MAX_TAGS} more tags.", "small")


def _observed(found: facts_pb2.MetadataConflict) -> tuple[str, str]:
    details = ", ".join(f"{shown(name)}: {shown(found.parameters[name])}" for name in sorted(found.parameters))
    return from_code(found.code), details


def _facts(rows: Mapping[str, str], *exact: str) -> Iterator[Block]:
    filled = [(name, shown(value)) for name, value in rows.items() if value]
    if filled:
        yield Facts(filled, frozenset(exact))
