"""Charts of the verdict: where it lies between the thresholds, and what each test added."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
from gateway.report.words import cue_name, label_key, signed
from telltale.fusion.v1 import verdict_pb2

_NAMES, _ROW, _NUMBERS = 150.0, 17.0, 62.0
_NOTHING, _MAX_ROWS = 0.005, 24
_PRIOR = "Before any evidence"
_CLIP = 12.0  # log-odds; beyond that a bar only says "very much"


def risk_scale(verdict: verdict_pb2.Verdict) -> Drawing:
    """The risk score on its scale from 0 to 100."""
    colour = LABEL_COLOURS[label_key(verdict.label)]
    at = WIDTH * min(100.0, max(0.0, verdict.risk_score)) / 100
    marks: list[Mark] = [Bar(WIDTH * step / 10, 18, WIDTH / 10 - 1.5, 8, _ramp(step)) for step in range(10)]
    marks += [
        Bar(max(0.0, at - 1.5), 13, 3, 18, colour),
        Words(min(WIDTH - 30, max(30.0, at)), 9, f"{verdict.risk_score:.1f} of 100", 9.5, colour, "middle", True),
        Words(0, 42, "0: speaks against manipulation", 7.5, MUTED),
        Words(WIDTH / 2, 42, "50: as likely as not", 7.5, MUTED, "middle"),
        Words(WIDTH, 42, "100: speaks for manipulation", 7.5, MUTED, "end"),
    ]
    return Drawing(WIDTH, 46, marks)


def contributions(verdict: verdict_pb2.Verdict) -> Drawing:
    """A bar for each test: to the right of the middle it speaks for manipulation, to the left against it."""
    counted = [entry for entry in verdict.contributions if abs(entry.log_odds) >= _NOTHING][:_MAX_ROWS]
    rows: list[tuple[str, float, bool]] = [(cue_name(entry.cue), entry.log_odds, False) for entry in counted]
    if rest := len(verdict.contributions) - len(counted):
        rows.append((f"{rest} more, next to nothing", 0.0, False))
    rows.append((_PRIOR, verdict.prior_log_odds, False))
    rows.append(("All together", verdict.log_odds, True))
    reach = max(1.0, *(min(_CLIP, abs(value)) for _, value, _ in rows))
    left, right = _NAMES, WIDTH - _NUMBERS
    middle, unit = (left + right) / 2, (right - left) / 2 / reach
    bottom = 14 + _ROW * len(rows)
    marks: list[Mark] = [
        Words(left, 8, "against manipulation", 7.5, AGAINST),
        Words(right, 8, "for manipulation", 7.5, FOR, "end"),
        *(Line(((middle + step * unit, 12), (middle + step * unit, bottom)), GRID, 0.5) for step in _steps(reach)),
    ]
    for number, (name, value, total) in enumerate(rows):
        marks += _row(name, value, 14 + _ROW * number, middle, unit, total=total)
    marks.append(Line(((middle, 12), (middle, bottom)), MUTED, 0.8))
    return Drawing(WIDTH, bottom + 4, marks)


def _row(name: str, value: float, top: float, middle: float, unit: float, *, total: bool) -> Sequence[Mark]:
    length = unit * max(-_CLIP, min(_CLIP, value))
    colour = NEUTRAL if name == _PRIOR else FOR if value > 0 else AGAINST
    base = top + _ROW * 0.68
    rule = [Line(((0, top + 0.5), (WIDTH, top + 0.5)), INK, 0.6)] if total else []
    return [
        *rule,
        Words(0, base, name, 8.5, INK, bold=total),
        Bar(min(middle, middle + length), top + 4, max(0.6, abs(length)), _ROW - 8, colour),
        Words(WIDTH, base, signed(value), 8.5, INK, "end", bold=total),
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
