"""Charts of the verdict: where it lies between the thresholds, and what each test added."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.report.drawing import (
    AGAINST,
    FOR,
    GRID,
    INK,
    LABEL_COLOURS,
    MUTED,
    NEUTRAL,
    WIDTH,
    Bar,
    Drawing,
    Line,
    Mark,
    Words,
)
from gateway.report.wording import wording
from gateway.report.words import label_key
from telltale.fusion.v1 import verdict_pb2

_NAMES, _ROW, _NUMBERS = 150.0, 17.0, 62.0
_NOTHING, _MAX_ROWS = 0.005, 24
_CLIP = 12.0  # log-odds; beyond that a bar only says "very much"


@dataclass(frozen=True)
class _Row:
    """One bar; without a colour of its own it has that of its side."""

    name: str
    log_odds: float
    colour: str = ""
    total: bool = False


def risk_scale(verdict: verdict_pb2.Verdict) -> Drawing:
    """The risk score on its scale from 0 to 100."""
    words, colour = wording(verdict.language), LABEL_COLOURS[label_key(verdict.label)]
    at = WIDTH * min(100.0, max(0.0, verdict.risk_score)) / 100
    marks: list[Mark] = [Bar(WIDTH * step / 10, 18, WIDTH / 10 - 1.5, 8, _ramp(step)) for step in range(10)]
    marks += [
        Bar(max(0.0, at - 1.5), 13, 3, 18, colour),
        Words(min(WIDTH - 30, max(30.0, at)), 9, words.risk(verdict.risk_score), 9.5, colour, "middle", True),
        Words(0, 42, words.say("scale_low"), 7.5, MUTED),
        Words(WIDTH / 2, 42, words.say("scale_even"), 7.5, MUTED, "middle"),
        Words(WIDTH, 42, words.say("scale_high"), 7.5, MUTED, "end"),
    ]
    return Drawing(WIDTH, 46, marks)


def contributions(verdict: verdict_pb2.Verdict) -> Drawing:
    """A bar for each test: to the right of the middle it speaks for manipulation, to the left against it."""
    words = wording(verdict.language)
    counted = [entry for entry in verdict.contributions if abs(entry.log_odds) >= _NOTHING][:_MAX_ROWS]
    rows = [_Row(words.cue_name(entry.cue), entry.log_odds) for entry in counted]
    if rest := len(verdict.contributions) - len(counted):
        rows.append(_Row(words.say("rest", rest=str(rest)), 0.0))
    rows.append(_Row(words.say("prior"), verdict.prior_log_odds, colour=NEUTRAL))
    rows.append(_Row(words.say("all_together"), verdict.log_odds, total=True))
    reach = max(1.0, *(min(_CLIP, abs(row.log_odds)) for row in rows))
    left, right = _NAMES, WIDTH - _NUMBERS
    middle, unit = (left + right) / 2, (right - left) / 2 / reach
    bottom = 14 + _ROW * len(rows)
    marks: list[Mark] = [
        Words(left, 8, words.say("against"), 7.5, AGAINST),
        Words(right, 8, words.say("for"), 7.5, FOR, "end"),
        *(Line(((middle + step * unit, 12), (middle + step * unit, bottom)), GRID, 0.5) for step in _steps(reach)),
    ]
    for number, row in enumerate(rows):
        marks += _row(row, words.signed(row.log_odds), 14 + _ROW * number, middle, unit)
    marks.append(Line(((middle, 12), (middle, bottom)), MUTED, 0.8))
    return Drawing(WIDTH, bottom + 4, marks)


def _row(row: _Row, value: str, top: float, middle: float, unit: float) -> Sequence[Mark]:
    length = unit * max(-_CLIP, min(_CLIP, row.log_odds))
    colour = row.colour or (FOR if row.log_odds > 0 else AGAINST)
    base = top + _ROW * 0.68
    rule = [Line(((0, top + 0.5), (WIDTH, top + 0.5)), INK, 0.6)] if row.total else []
    return [
        *rule,
        Words(0, base, row.name, 8.5, INK, bold=row.total),
        Bar(min(middle, middle + length), top + 4, max(0.6, abs(length)), _ROW - 8, colour),
        Words(WIDTH, base, value, 8.5, INK, "end", bold=row.total),
    ]


def _steps(reach: float) -> list[float]:
    step = 1 if reach <= 4 else 2 if reach <= 8 else 4
    most = math.floor(reach / step)
    return [step * number for number in range(-most, most + 1) if number]


def _ramp(step: int) -> str:
    """Blue over grey to red, for ten steps of risk."""
    low, middle, high = (0x2C, 0x6F, 0xAD), (0xC9, 0xCE, 0xD6), (0xB3, 0x40, 0x2E)
    share = (step + 0.5) / 10
    start, end, part = (low, middle, share * 2) if share < 0.5 else (middle, high, share * 2 - 1)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(start, end, strict=True))
