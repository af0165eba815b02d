"""Last sections of a report: the file, its way, the models, what all this does not tell, and how to check it."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.report.document import Block, Bullets, Command, Facts, Section, Table, Text
from gateway.report.wording import Wording
from gateway.report.words import moment, seconds, shown
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

_DEPTHS = {media_pb2.DEPTH_QUICK: "depth_quick", media_pb2.DEPTH_THOROUGH: "depth_thorough"}


def the_file(report: report_pb2.Report, words: Wording) -> Section:
    """Which file this is about."""
    rows = [(name, value) for name, value in _file_rows(report, words) if value]
    return Section(words.say("file"), [Facts(rows, frozenset({"SHA-256"}))])


def custody(report: report_pb2.Report, words: Wording) -> Section:
    """Where the file has been."""
    rows = [(moment(event.time), words.retold(event.text), event.media_sha256[:16] + "…") for event in report.custody]
    same = len({event.media_sha256 for event in report.custody}) == 1
    head = (words.say("when"), words.say("what"), "SHA-256")
    note = Text(words.say("same_digest" if same else "other_digests"), "small")
    blocks: list[Block] = [note, Table(head, rows, (26, 52, 22), frozenset({2})), *_recalled(report.analysis, words)]
    return Section(words.say("custody"), blocks)


def models(report: report_pb2.Report, words: Wording) -> Section:
    """The models behind it, precise enough to find them again."""
    rows = [
        (
            f"{shown(each.reference.name)} {shown(each.reference.version)}",
            ", ".join(words.cue_name(cue) for cue in each.cues) or words.say("judges"),
            each.reference.card_sha256,
        )
        for each in report.models
    ]
    head = (words.say("model"), words.say("tests"), words.say("card"))
    return Section(words.say("models"), [Table(head, rows, (24, 32, 44), frozenset({2}))])


def limits(report: report_pb2.Report, words: Wording) -> Section:
    """What this report does not tell."""
    return Section(words.say("limits"), [Bullets([("·", words.retold(each)) for each in report.limits])])


def checking(report: report_pb2.Report, words: Wording, record_sha256: str, key_id: str) -> Section:
    """How a stranger checks the record that this document shows."""
    name = f"telltale-report-{report.analysis.info.sha256[:8]}.json"
    rows = [
        (words.say("record_digest"), record_sha256),
        (words.say("signing_key"), key_id),
        (words.say("evidence"), report.analysis.verdict.replay.evidence_sha256),
        (words.say("analysis"), report.analysis.name),
    ]
    exact = frozenset(name for name, _ in rows)
    return Section(
        words.say("checking"),
        [
            Text(words.say("checking_told")),
            Command(words.say("command", name=name, key_id=key_id)),
            Facts([*rows, ("Telltale", report.telltale_version)], exact),
        ],
    )


def _recalled(analysis: resources_pb2.Analysis, words: Wording) -> Iterator[Text]:
    """What was found for earlier analyses, and when: a line for each moment."""
    found: dict[tuple[str, str], list[str]] = {}
    for origin in analysis.origins:
        if origin.recalled_from:
            found.setdefault((moment(origin.complete_time), origin.recalled_from), []).append(origin.detector)
    for (when, name), detectors in sorted(found.items()):
        yield Text(
            words.say("recalled_told", when=when, analysis=name, detectors=", ".join(sorted(detectors))), "small"
        )


def _file_rows(report: report_pb2.Report, words: Wording) -> Iterator[tuple[str, str]]:
    info = report.analysis.info
    yield words.say("file_name"), shown(report.analysis.display_name)
    yield words.say("kind"), f"{words.kind(info.kind)}, {shown(info.mime_type)}"
    yield words.say("length"), words.size(info.size_bytes)
    yield "SHA-256", info.sha256
    yield words.say("picture"), f"{info.width_px} × {info.height_px} px" if info.HasField("width_px") else ""
    yield words.say("playing_time"), words.clock(seconds(info.duration)) if info.HasField("duration") else ""
    yield words.say("frame_rate"), words.number(info.frame_rate_fps, ".2f") if info.HasField("frame_rate_fps") else ""
    yield words.say("sound"), _sound(info, words)
    timed = info.kind in {media_pb2.MEDIA_KIND_VIDEO, media_pb2.MEDIA_KIND_AUDIO}
    depth = _DEPTHS.get(report.analysis.depth, "depth_standard")
    yield words.say("depth"), words.say(depth) if timed else ""


def _sound(info: media_pb2.MediaInfo, words: Wording) -> str:
    if info.HasField("has_audio") and not info.has_audio:
        return words.say("no_sound")
    if not info.HasField("sample_rate_hz"):
        return ""
    return words.say("sound_format", rate=words.number(info.sample_rate_hz, ","), channels=str(info.channels))
