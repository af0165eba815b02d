"""Sections that follow the file: pictures of it, its course over time, its sound, and what was not examined."""

from __future__ import annotations

from gateway.report.document import Block, Bullets, Chart, Gallery, Section, Subheading, Table, Text
from gateway.report.lanes import subject, timeline
from gateway.report.pictures import Pictures
from gateway.report.sound import sound_lanes
from gateway.report.wording import Wording, wording
from gateway.report.words import seconds
from telltale.av_sync.v1 import sound_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

_MAX_ROWS = 40


def pictures_section(pictures: Pictures, words: Wording) -> Section | None:
    """The pictures, or why there are none."""
    if pictures.why_none:
        return Section(words.say("pictures"), [Text(pictures.why_none, "note")])
    if not pictures.scenes:
        return None
    blocks: list[Block] = [Gallery(pictures.scenes, 3 if len(pictures.scenes) == 3 else 2)]
    if pictures.faces:
        blocks += [Subheading(words.say("faces")), Gallery(pictures.faces, 3)]
    return Section(words.say("pictures"), blocks)


def time_section(report: report_pb2.Report) -> Section | None:
    """The course of a video or recording."""
    analysis = report.analysis
    drawing = timeline(analysis, report.judged.evidence)
    if drawing is None:
        return None
    words = wording(analysis.verdict.language)
    blocks: list[Block] = [
        Chart(drawing, words.say("over_time_described")),
        Text(words.say("reading_lanes"), "small"),
    ]
    if analysis.verdict.segments:
        blocks += [Subheading(words.say("stretches")), _segments(analysis.verdict, words)]
    if analysis.lip_sync:
        blocks += [Subheading(words.say("lips")), _lips(analysis, words)]
    return Section(words.say("over_time"), blocks)


def sound_section(analysis: resources_pb2.Analysis) -> Section | None:
    """What there is to hear."""
    words = wording(analysis.verdict.language)
    drawing = sound_lanes(analysis.soundtrack, words) if analysis.HasField("soundtrack") else None
    if drawing is None:
        return None
    told = Text(_sound(analysis.soundtrack, words), "small")
    return Section(words.say("sound"), [Chart(drawing, words.say("sound_described")), told])


def not_examined(verdict: verdict_pb2.Verdict) -> Section:
    """Tests without an opinion, and what else was not looked at."""
    words = wording(verdict.language)
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
        rows = [(words.cue_name(each.cue), each.text) for each in verdict.abstentions]
        blocks.append(Table((words.say("test"), words.say("why_silent")), rows, (30, 70)))
    if sentences:
        blocks.insert(0, Bullets([("·", sentence) for sentence in sentences]))
    blocks.append(Text(words.say("silence_is_no_sign"), "note"))
    return Section(words.say("not_examined"), blocks)


def _segments(verdict: verdict_pb2.Verdict, words: Wording) -> Table:
    rows = [
        (
            words.say("from_to", start=words.clock(seconds(each.start)), end=words.clock(seconds(each.end))),
            subject(each.track_id if each.HasField("track_id") else None, words),
            words.risk(each.risk_score),
        )
        for each in verdict.segments[:_MAX_ROWS]
    ]
    return Table((words.say("when"), words.say("on_whom"), words.say("stretch_risk")), rows, (35, 35, 30))


def _lips(analysis: resources_pb2.Analysis, words: Wording) -> Table:
    rows = [
        (
            subject(curve.track_id, words),
            f"{words.number(curve.offset_ms, '+.0f')} ms",
            words.percent(curve.confidence),
        )
        for curve in analysis.lip_sync
    ]
    return Table((words.say("person_head"), words.say("delay"), words.say("clearness")), rows, (30, 40, 30))


def _sound(track: sound_pb2.Soundtrack, words: Wording) -> str:
    channels = {1: "one_channel", 2: "two_channels"}.get(track.channels, "channels")
    return words.say(
        "sound_told",
        length=words.clock(seconds(track.duration)),
        codec=track.codec,
        rate=words.number(track.sample_rate_hz, ","),
        channels=words.say(channels, count=str(track.channels)),
    )
