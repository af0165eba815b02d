"""What the file says of itself, without judgement. All of it is a stranger's text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from gateway.report.document import Block, Facts, Section, Subheading, Table, Text
from gateway.report.wording import Wording
from gateway.report.words import from_code, shown
from telltale.metadata.v1 import facts_pb2

_MAX_TAGS, _MAX_ROWS = 40, 40
_ORIGINS = {
    facts_pb2.FILE_ORIGIN_NONE: "origin_none",
    facts_pb2.FILE_ORIGIN_CAMERA: "origin_camera",
    facts_pb2.FILE_ORIGIN_EDITED: "origin_edited",
    facts_pb2.FILE_ORIGIN_GENERATED: "origin_generated",
}
_KINDS = {
    facts_pb2.SOFTWARE_KIND_CAMERA: "software_camera",
    facts_pb2.SOFTWARE_KIND_EDITOR: "software_editor",
    facts_pb2.SOFTWARE_KIND_GENERATOR: "software_generator",
}
_INTEGRITY = {
    facts_pb2.PROVENANCE_INTEGRITY_ABSENT: "integrity_absent",
    facts_pb2.PROVENANCE_INTEGRITY_INTACT: "integrity_intact",
    facts_pb2.PROVENANCE_INTEGRITY_BROKEN: "integrity_broken",
    facts_pb2.PROVENANCE_INTEGRITY_NOT_VERIFIABLE: "integrity_not_verifiable",
}
_TRUST = {
    facts_pb2.SIGNER_TRUST_TRUSTED: "trusted",
    facts_pb2.SIGNER_TRUST_UNTRUSTED: "untrusted",
}


def claims(facts: facts_pb2.MetadataFacts, words: Wording) -> Section:
    """All facts that were read from the file."""
    blocks: list[Block] = [Text(words.say("claims_note"), "small")]
    for heading, found in (
        ("who_wrote", list(_origin(facts, words))),
        ("credentials", list(_provenance(facts.provenance, words)) if facts.HasField("provenance") else []),
        ("jpeg", list(_jpeg(facts, words))),
        ("container", list(_container(facts.container, words)) if facts.HasField("container") else []),
        ("contradictions", list(_conflicts(facts, words))),
        ("tags", list(_tags(facts, words))),
    ):
        if found:
            blocks += [Subheading(words.say(heading)), *found]
    if len(blocks) == 1:
        blocks.append(Text(words.say("claims_none")))
    return Section(words.say("claims"), blocks)


def _origin(facts: facts_pb2.MetadataFacts, words: Wording) -> Iterator[Block]:
    if facts.origin == facts_pb2.FILE_ORIGIN_NONE and facts.software:
        yield Text(words.say("origin_converter"))
    elif facts.origin in _ORIGINS:
        yield Text(words.say(_ORIGINS[facts.origin]))
    if facts.software:
        kinds = [words.say(_KINDS.get(each.kind, "software_unknown")) for each in facts.software]
        rows = [
            (shown(each.name), kind, shown(each.location)) for each, kind in zip(facts.software, kinds, strict=True)
        ]
        yield Table((words.say("program"), words.say("kind"), words.say("mark_place")), rows[:_MAX_ROWS], (34, 33, 33))


def _provenance(found: facts_pb2.Provenance, words: Wording) -> Iterator[Block]:
    rows = {
        "integrity": words.say(_INTEGRITY[found.integrity]) if found.integrity in _INTEGRITY else "",
        "signer": words.say(_TRUST[found.trust]) if found.trust in _TRUST else "",
        "signed_by": found.issuer,
        "made_by": found.claim_generator,
        "actions": ", ".join(found.actions),
        "declared_source": ", ".join(found.digital_source_types),
        "failures": ", ".join(found.failures),
        "kept_elsewhere": found.remote_manifest,
        "trust_list": found.trust_list_sha256,
    }
    yield from _facts(rows, words, "trust_list")


def _jpeg(facts: facts_pb2.MetadataFacts, words: Wording) -> Iterator[Block]:
    rows: dict[str, str] = {}
    if facts.HasField("jpeg"):
        jpeg = facts.jpeg
        rows = {
            "quality": words.say("quality_estimated", quality=str(jpeg.quality_estimate))
            if jpeg.quality_estimate
            else "",
            "tables": words.say("tables_standard" if jpeg.standard_tables else "tables_own"),
            "encoder": jpeg.encoder,
            "subsampling": jpeg.subsampling,
            "scan": words.say("progressive" if jpeg.progressive else "baseline"),
            "fingerprint": jpeg.tables_fingerprint,
        }
    if facts.HasField("jpeg_history"):
        history = facts.jpeg_history
        x_px, y_px = history.grid_offset_x_px, history.grid_offset_y_px
        rows["saved_before"] = _belief(history.aligned_log_likelihood_ratio, words)
        rows["saved_cropped"] = _belief(history.shifted_log_likelihood_ratio, words)
        rows["earlier_quality"] = words.say("of_100", value=str(history.first_quality)) if history.first_quality else ""
        rows["earlier_grid"] = f"{x_px}, {y_px} px" if x_px or y_px else ""
    if facts.HasField("thumbnail"):
        preview = facts.thumbnail
        rows["preview"] = words.say(
            "preview_told",
            width=str(preview.width_px),
            height=str(preview.height_px),
            correlation=words.number(preview.correlation, ".3f"),
        )
    yield from _facts(rows, words, "fingerprint")


def _belief(log_likelihood_ratio: float, words: Wording) -> str:
    """Two to one counts as nothing said."""
    word = (
        "unclear" if abs(log_likelihood_ratio) < math.log(2) else "likely" if log_likelihood_ratio > 0 else "unlikely"
    )
    return words.say(word, ratio=words.signed(log_likelihood_ratio))


def _container(found: facts_pb2.ContainerStructure, words: Wording) -> Iterator[Block]:
    index = words.say("index_behind" if found.index_last else "index_before") if found.HasField("index_last") else ""
    rows = {
        "format": found.format,
        "parts": ", ".join(found.layout),
        "index": index,
        "written_by": found.writer,
        "coded_by": found.encoder,
        "device": found.device,
    }
    yield from _facts(rows, words)
    if found.tracks:
        tracks = [
            tuple(shown(part) for part in (each.kind, each.codec, each.profile, each.handler, each.create_time))
            for each in found.tracks
        ]
        head = [words.say(code) for code in ("track", "codec", "profile", "handler", "created")]
        yield Table(head, tracks[:_MAX_ROWS], (15, 17, 20, 26, 22))
    if found.observations:
        yield Table(
            (words.say("noticed"), words.say("details")),
            [_observed(each) for each in found.observations][:_MAX_ROWS],
            (45, 55),
        )


def _conflicts(facts: facts_pb2.MetadataFacts, words: Wording) -> Iterator[Block]:
    if facts.conflicts:
        rows = [_observed(each) for each in facts.conflicts]
        yield Table((words.say("contradicts"), words.say("details")), rows[:_MAX_ROWS], (40, 60))


def _tags(facts: facts_pb2.MetadataFacts, words: Wording) -> Iterator[Block]:
    if facts.tags:
        rows = [(shown(tag.group), shown(tag.name), shown(tag.value)) for tag in facts.tags[:_MAX_TAGS]]
        yield Table((words.say("where"), words.say("name"), words.say("value")), rows, (18, 28, 54))
    if len(facts.tags) > _MAX_TAGS:
        yield Text(words.say("more_tags", count=str(len(facts.tags) - _MAX_TAGS)), "small")


def _observed(found: facts_pb2.MetadataConflict) -> tuple[str, str]:
    details = ", ".join(f"{shown(name)}: {shown(found.parameters[name])}" for name in sorted(found.parameters))
    return from_code(found.code), details


def _facts(rows: Mapping[str, str], words: Wording, *exact: str) -> Iterator[Block]:
    filled = [(words.say(code), shown(value)) for code, value in rows.items() if value]
    if filled:
        yield Facts(filled, frozenset(words.say(code) for code in exact))
