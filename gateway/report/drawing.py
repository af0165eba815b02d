"""Charts as a few kinds of marks that any writer can paint. Origin at the top left; lengths in points, a text column has 480."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

WIDTH = 480.0
INK, MUTED, GRID, PAPER = "#1c1f24", "#5f6670", "#d9dde3", "#f4f5f7"
FOR, AGAINST, NEUTRAL = "#b3402e", "#2c6fad", "#8a919c"
LABEL_COLOURS = {"authentic": "#1f7a4d", "suspicious": "#a85d00", "manipulated": "#b3261e", "inconclusive": "#4a5a78"}


@dataclass(frozen=True)
class Bar:
    """A filled box."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Line:
    """A straight line through points, open."""

    points: Sequence[tuple[float, float]]
    colour: str
    width: float = 0.8
    dashed: bool = False


@dataclass(frozen=True)
class Words:
    """Text on one line; (x, y) is on its baseline, at its start, middle or end."""

    x: float
    y: float
    text: str
    size: float = 8.5
    colour: str = INK
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False


@dataclass(frozen=True)
class Raster:
    """A PNG stretched over a box."""

    x: float
    y: float
    width: float
    height: float
    png: bytes


Mark: TypeAlias = Bar | Line | Words | Raster


@dataclass(frozen=True)
class Drawing:
    """Marks in the order in which they are painted."""

    width: float
    height: float
    marks: Sequence[Mark]
