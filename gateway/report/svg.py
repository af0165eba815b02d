"""Drawings as SVG."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from gateway.report.drawing import Bar, Drawing, Line, Mark, Raster, Words


def svg(drawing: Drawing, description: str) -> str:
    """An `<svg>` element to stand in a page; `description` is for who cannot see it."""
    box = f"0 0 {_n(drawing.width)} {_n(drawing.height)}"
    marks = "".join(_mark(mark) for mark in drawing.marks)
    label = escape(description, quote=True)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="{label}">{marks}</svg>'


def _mark(mark: Mark) -> str:
    if isinstance(mark, Bar):
        faint = f' fill-opacity="{_n(mark.opacity)}"' if mark.opacity < 1 else ""
        return f'<rect {_box(mark)} fill="{mark.fill}"{faint}/>'
    if isinstance(mark, Line):
        return _line(mark.points, mark)
    if isinstance(mark, Raster):
        data = base64.b64encode(mark.png).decode()
        return f'<image {_box(mark)} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'
    return _words(mark)


def _line(points: Sequence[tuple[float, float]], line: Line) -> str:
    way = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    dashes = ' stroke-dasharray="3 2"' if line.dashed else ""
    return f'<polyline points="{way}" fill="none" stroke="{line.colour}" stroke-width="{_n(line.width)}"{dashes}/>'


def _words(words: Words) -> str:
    weight = ' font-weight="600"' if words.bold else ""
    style = f'font-size="{_n(words.size)}" fill="{words.colour}" text-anchor="{words.anchor}"{weight}'
    return f'<text x="{_n(words.x)}" y="{_n(words.y)}" {style}>{escape(words.text)}</text>'


def _box(mark: Bar | Raster) -> str:
    return f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
