"""Timelines: what each test says of each person over time, what was looked at, and the stretches that look suspicious."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf import duration_pb2

from gateway.report.drawing import AGAINST, FOR, INK, MUTED, NEUTRAL, PAPER, WIDTH, Bar, Drawing, Line, Mark, Words
from gateway.report.wording import Wording, wording
from gateway.report.words import seconds
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2

LEFT = 150.0
"""Where time begins; names stand before it."""
_ROW, _GAP, _STRONG = 13.0, 3.0, 3.0
_MAX_LANES = 24
Stretch = tuple[float, float, str, float]
"""Begin and end in seconds, colour, opacity."""


@dataclass(frozen=True)
class Lane:
    """One row of a timeline."""

    name: str
    stretches: Sequence[Stretch]
    heading: bool = False
    # What does not count for the verdict is named in grey.
    counted: bool = True


def timeline(analysis: resources_pb2.Analysis, evidence: Sequence[evidence_pb2.Evidence]) -> Drawing | None:
    """All lanes over the whole length; None for media without length."""
    words, duration_s = wording(analysis.verdict.language), seconds(analysis.info.duration)
    lanes = [*_looked_at(analysis, words), *_by_subject(analysis, evidence, words)]
    if duration_s <= 0 or not lanes:
        return None
    if len(lanes) > _MAX_LANES:
        more = words.say("more_lanes", count=str(len(lanes) - _MAX_LANES))
        lanes[_MAX_LANES:] = [Lane(more, [], heading=True)]
    return draw(lanes, duration_s, words)


def draw(lanes: Sequence[Lane], duration_s: float, words: Wording) -> Drawing:
    """Lanes over an axis of time."""
    scale = (WIDTH - LEFT) / duration_s
    height = (_ROW + _GAP) * len(lanes)
    marks: list[Mark] = []
    for number, lane in enumerate(lanes):
        top = (_ROW + _GAP) * number
        colour = INK if lane.counted else MUTED
        marks.append(Words(0 if lane.heading else 8, top + _ROW * 0.75, lane.name, 8, colour, bold=lane.heading))
        if lane.heading:
            continue
        marks.append(Bar(LEFT, top, WIDTH - LEFT, _ROW, PAPER))
        for start_s, end_s, colour, opacity in lane.stretches:
            start, end = LEFT + scale * max(0.0, start_s), LEFT + scale * min(duration_s, end_s)
            if end > start:
                marks.append(Bar(start, top + 1, max(0.8, end - start), _ROW - 2, colour, opacity))
    return Drawing(WIDTH, height + 16, [*marks, *axis(duration_s, height, words)])


def axis(duration_s: float, top: float, words: Wording) -> Iterator[Mark]:
    """Ticks and times below `top`."""
    scale = (WIDTH - LEFT) / duration_s
    yield Line(((LEFT, top), (WIDTH, top)), MUTED, 0.6)
    step_s = next((step for step in (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800) if duration_s / step <= 8), 3600)
    for number in range(int(duration_s / step_s) + 1):
        x = LEFT + scale * number * step_s
        yield Line(((x, top), (x, top + 3)), MUTED, 0.6)
        if x < WIDTH - 12:
            yield Words(x, top + 11, words.clock(number * step_s), 7, MUTED, "middle" if number else "start")


def _looked_at(analysis: resources_pb2.Analysis, words: Wording) -> Iterator[Lane]:
    if analysis.examined:
        yield Lane(words.say("looked_at"), [_plain(each.start, each.end, NEUTRAL) for each in analysis.examined])
    if analysis.HasField("soundtrack"):
        yield Lane(
            words.say("listened_to"), [_plain(each.start, each.end, NEUTRAL) for each in analysis.soundtrack.examined]
        )
        yield Lane(
            words.say("speech_heard"), [_plain(each.start, each.end, "#6b7f3a") for each in analysis.soundtrack.speech]
        )


def _by_subject(
    analysis: resources_pb2.Analysis, evidence: Sequence[evidence_pb2.Evidence], words: Wording
) -> Iterator[Lane]:
    spans = _spans(evidence)
    people = sorted(track_id for track_id in spans if track_id is not None)
    for track_id in (*people, None):
        lanes = list(_of_subject(analysis, spans.get(track_id, {}), track_id, words))
        if lanes:
            yield Lane(subject(track_id, words), [], heading=True)
            yield from lanes


def _spans(evidence: Sequence[evidence_pb2.Evidence]) -> dict[int | None, dict[str, list[evidence_pb2.TimeSpan]]]:
    """What each test says of each subject, in one walk: a long video has tens of thousands of spans."""
    found: dict[int | None, dict[str, list[evidence_pb2.TimeSpan]]] = {}
    for piece in evidence:
        for span in piece.finding.spans:
            found.setdefault(_track(span), {}).setdefault(piece.cue, []).append(span)
    return found


def _of_subject(
    analysis: resources_pb2.Analysis,
    spans: Mapping[str, Sequence[evidence_pb2.TimeSpan]],
    track_id: int | None,
    words: Wording,
) -> Iterator[Lane]:
    judged = [each for each in analysis.verdict.segments if _track(each) == track_id]
    if judged:
        yield Lane(words.say("tests_together"), [_plain(each.start, each.end, FOR) for each in judged])
    idle = {each.cue for each in analysis.verdict.contributions if not each.weight}
    for cue, heard in spans.items():
        yield Lane(words.cue_name(cue), [_heard(span) for span in heard], counted=cue not in idle)


def subject(track_id: int | None, words: Wording) -> str:
    """Whom or what a lane is about; people are counted from 1."""
    return words.say("whole") if track_id is None else words.say("person", number=str(track_id + 1))


def _track(part: evidence_pb2.TimeSpan | verdict_pb2.Segment) -> int | None:
    return part.track_id if part.HasField("track_id") else None


def _plain(start: duration_pb2.Duration, end: duration_pb2.Duration, colour: str) -> Stretch:
    return seconds(start), seconds(end), colour, 0.75


def _heard(span: evidence_pb2.TimeSpan) -> Stretch:
    ratio = span.log_likelihood_ratio
    opacity = 0.12 + 0.88 * min(1.0, abs(ratio) / _STRONG)
    return seconds(span.start), seconds(span.end), FOR if ratio > 0 else AGAINST, round(opacity, 3)
