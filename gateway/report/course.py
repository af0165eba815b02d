"""Sections that follow the file: pictures of it, its course over time, its sound, and what was not examined."""

from __future__ import annotations

from gateway.report.document import Block, Bullets, Chart, Gallery, Section, Subheading, Table, Text
from gateway.report.lanes import subject, timeline
from gateway.report.pictures import Pictures
from gateway.report.sound import sound_lanes
from gateway.report.words import clock, cue_name, percent, seconds
from telltale.av_sync.v1 import sound_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

_MAX_ROWS = 40


def pictures_section(pictures: Pictures) -> Section | None:
    """The pictures, or why there are none."""
    if pictures.why_none:
        return Section("Pictures", [Text(pictures.why_none, "note")])
    if not pictures.scenes:
        return None
    blocks: list[Block] = [Gallery(pictures.scenes, 3 if len(pictures.scenes) == 3 else 2)]
    if pictures.faces:
        blocks += [Subheading("Faces"), Gallery(pictures.faces, 3)]
    return Section("Pictures", blocks)


def time_section(report: report_pb2.Report) -> Section | None:
    """The course of a video or recording."""
    analysis = report.analysis
    drawing = timeline(analysis, report.judged.evidence)
    if drawing is None:
        return None
    blocks: list[Block] = [
        Chart(drawing, "What each test says over time."),
        Text(
            "Red speaks for manipulation, blue against it; the stronger the colour, the stronger the opinion. "
            "Where a lane is empty, the test had nothing to say. A test whose name is grey does not count for such media.",
            "small",
        ),
    ]
    if analysis.verdict.segments:
        blocks += [Subheading("Stretches that look suspicious, worst first"), _segments(analysis.verdict)]
    if analysis.lip_sync:
        blocks += [Subheading("Lips against the sound"), _lips(analysis)]
    return Section("Over time", blocks)


def sound_section(analysis: resources_pb2.Analysis) -> Section | None:
    """What there is to hear."""
    drawing = sound_lanes(analysis.soundtrack) if analysis.HasField("soundtrack") else None
    if drawing is None:
        return None
    return Section(
        "Sound", [Chart(drawing, "Loudness and frequencies over time."), Text(_sound(analysis.soundtrack), "small")]
    )


def not_examined(verdict: verdict_pb2.Verdict) -> Section:
    """Tests without an opinion, and what else was not looked at."""
    silent = {each.cue for each in verdict.abstentions}
    # What the table says need not be said twice.
    sentences = [
        each.text
        for each in verdict.explanation
        if each.role == verdict_pb2.EXPLANATION_ROLE_NOT_EXAMINED
        and not ("cues" in each.parameters and set(each.parameters["cues"].split(",")) <= silent)
    ]
    blocks: list[Block] = []
    if verdict.abstentions:
        rows = [(cue_name(each.cue), each.text) for each in verdict.abstentions]
        blocks.append(Table(("Test", "Why it has no opinion"), rows, (30, 70)))
    if sentences:
        blocks.insert(0, Bullets([("·", sentence) for sentence in sentences]))
    blocks.append(Text("A test without an opinion is never a sign that a file is genuine.", "note"))
    return Section("What was not examined, or gave no answer", blocks)


def _segments(verdict: verdict_pb2.Verdict) -> Table:
    rows = [
        (
            f"{clock(seconds(each.start))} to {clock(seconds(each.end))}",
            subject(each.track_id if each.HasField("track_id") else None),
            f"{each.risk_score:.1f} of 100",
        )
        for each in verdict.segments[:_MAX_ROWS]
    ]
    return Table(("When", "On whom", "Risk of this stretch"), rows, (35, 35, 30))


def _lips(analysis: resources_pb2.Analysis) -> Table:
    rows = [
        (subject(curve.track_id), f"{curve.offset_ms:+.0f} ms".replace("-", "−"), percent(curve.confidence))
        for curve in analysis.lip_sync
    ]
    return Table(("Person", "Delay of the sound where it fits best", "How clear that is"), rows, (30, 40, 30))


def _sound(track: sound_pb2.Soundtrack) -> str:
    channels = {1: "one channel", 2: "two channels"}.get(track.channels, f"{track.channels} channels")
    return (
        f"{clock(seconds(track.duration))} of sound, {track.codec}, {track.sample_rate_hz:,} samples a second, {channels}. "
        "Both lanes show what was listened to, relative to its loudest part; the bright parts below are loud."
    )
