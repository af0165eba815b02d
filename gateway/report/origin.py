"""Last sections of a report: the file, its way, the models, what all this does not tell, and how to check it."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.report.document import Bullets, Command, Facts, Section, Table, Text
from gateway.report.words import clock, cue_name, kind_word, moment, seconds, shown, size
from telltale.common.v1 import media_pb2
from telltale.report.v1 import report_pb2

_DEPTHS = {media_pb2.DEPTH_QUICK: "quick", media_pb2.DEPTH_STANDARD: "standard", media_pb2.DEPTH_THOROUGH: "thorough"}


def the_file(report: report_pb2.Report) -> Section:
    """Which file this is about."""
    rows = [(name, value) for name, value in _file_rows(report) if value]
    return Section("The file", [Facts(rows, frozenset({"SHA-256"}))])


def custody(report: report_pb2.Report) -> Section:
    """Where the file has been."""
    rows = [(moment(event.time), event.text, event.media_sha256[:16] + "…") for event in report.custody]
    same = len({event.media_sha256 for event in report.custody}) == 1
    note = "The digest is the same at every step." if same else "The digests differ: this is not one file."
    return Section(
        "Chain of custody",
        [Text(note, "small"), Table(("When", "What", "SHA-256"), rows, (26, 52, 22), frozenset({2}))],
    )


def models(report: report_pb2.Report) -> Section:
    """The models behind it, precise enough to find them again."""
    rows = [
        (
            f"{shown(each.reference.name)} {shown(each.reference.version)}",
            ", ".join(cue_name(cue) for cue in each.cues) or "judges all tests together",
            each.reference.card_sha256,
        )
        for each in report.models
    ]
    return Section("Models", [Table(("Model", "Tests", "SHA-256 of its card"), rows, (24, 32, 44), frozenset({2}))])


def limits(report: report_pb2.Report) -> Section:
    """What this report does not tell."""
    return Section("What this report does not tell", [Bullets([("·", each) for each in report.limits])])


def checking(report: report_pb2.Report, record_sha256: str, key_id: str) -> Section:
    """How a stranger checks the record that this document shows."""
    name = f"telltale-report-{report.analysis.info.sha256[:8]}.json"
    rows = [
        ("SHA-256 of the JSON report", record_sha256),
        ("Signing key (Ed25519)", key_id),
        ("Evidence (SHA-256)", report.analysis.verdict.replay.evidence_sha256),
        ("Analysis", report.analysis.name),
        ("Telltale", report.telltale_version),
    ]
    return Section(
        "How to check this report",
        [
            Text(
                "This document shows a signed record, the JSON report. Ask for it, and compare its SHA-256. With the program "
                "telltale, one command checks signature, digests and models, and judges the recorded evidence again; with the "
                "file beside it, also that it is the same file:"
            ),
            Command(f"telltale verify {name} FILE --key {key_id}"),
            Facts(
                rows,
                frozenset({"SHA-256 of the JSON report", "Signing key (Ed25519)", "Evidence (SHA-256)", "Analysis"}),
            ),
        ],
    )


def _file_rows(report: report_pb2.Report) -> Iterator[tuple[str, str]]:
    info = report.analysis.info
    yield "Name (by its uploader)", shown(report.analysis.display_name)
    yield "Kind", f"{kind_word(info.kind)}, {shown(info.mime_type)}"
    yield "Length", size(info.size_bytes)
    yield "SHA-256", info.sha256
    yield "Picture", f"{info.width_px} × {info.height_px} px" if info.HasField("width_px") else ""
    yield "Playing time", clock(seconds(info.duration)) if info.HasField("duration") else ""
    yield "Pictures a second", f"{info.frame_rate_fps:.2f}" if info.HasField("frame_rate_fps") else ""
    yield "Sound", _sound(info)
    timed = info.kind in {media_pb2.MEDIA_KIND_VIDEO, media_pb2.MEDIA_KIND_AUDIO}
    yield "Depth of the analysis", _DEPTHS.get(report.analysis.depth, "standard") if timed else ""


def _sound(info: media_pb2.MediaInfo) -> str:
    if info.HasField("has_audio") and not info.has_audio:
        return "none"
    return (
        f"{info.sample_rate_hz:,} samples a second, channels: {info.channels}"
        if info.HasField("sample_rate_hz")
        else ""
    )
