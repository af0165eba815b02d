"""Parts of a PDF page: paragraphs, tables, pictures and drawings."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, Paragraph, Table, TableStyle

from gateway.report.document import Facts, Figure, Gallery
from gateway.report.document import Table as DocumentTable
from gateway.report.drawing import GRID, INK, MUTED, WIDTH, Bar, Drawing, Line, Mark, Raster
from gateway.report.fonts import BOLD, EXACT, PLAIN, markup, plain

_GAP = 12.0


def style(name: str, font: str, size: float, colour: str = INK, **more: Any) -> ParagraphStyle:
    """A style of paragraph; lines are 1.4 times as high as the type."""
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.4, textColor=HexColor(colour), **more)


BODY = style("body", PLAIN, 9.5, spaceAfter=4)
CELL = style("cell", PLAIN, 8)
_EXACT_CELL = style("exact", EXACT, 7)
_HEAD_CELL = style("head", BOLD, 7.5, MUTED)
_NAME_CELL = style("name", PLAIN, 8, MUTED)
_CAPTION = style("caption", PLAIN, 7.5, MUTED)


def paragraph(text: str, look: ParagraphStyle) -> Paragraph:
    """A stranger's text may be in it: it is escaped here."""
    return Paragraph(markup(text, look.fontName), look)


def table(block: DocumentTable) -> Table:
    """Rows that wrap, and break over pages under a repeated head."""
    widths = [WIDTH * share / sum(block.shares) for share in block.shares]
    rows = [[paragraph(name, _HEAD_CELL) for name in block.head]]
    for row in block.rows:
        rows.append(
            [paragraph(value, _EXACT_CELL if number in block.exact else CELL) for number, value in enumerate(row)]
        )
    return Table(rows, colWidths=widths, repeatRows=1, style=_lines(), spaceBefore=4, spaceAfter=6, hAlign="LEFT")


def facts(block: Facts) -> Table:
    """Names and values."""
    rows = [
        [paragraph(name, _NAME_CELL), paragraph(value, _EXACT_CELL if name in block.exact else CELL)]
        for name, value in block.rows
    ]
    return Table(rows, colWidths=[WIDTH * 0.3, WIDTH * 0.7], style=_lines(), spaceBefore=4, spaceAfter=6, hAlign="LEFT")


def gallery(block: Gallery) -> list[Flowable]:
    """Rows of pictures; a row is never broken."""
    width = (WIDTH - _GAP * (block.columns - 1)) / block.columns
    rows = [block.figures[start : start + block.columns] for start in range(0, len(block.figures), block.columns)]
    return [_row(row, block.columns, width) for row in rows]


class Chart(Flowable):
    """A drawing in the flow of text."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self.width, self.height = drawing.width, drawing.height
        self.spaceBefore, self.spaceAfter = 6, 8
        self._drawing = drawing

    def draw(self) -> None:
        """Paints the marks; the writer's axis points up."""
        for mark in self._drawing.marks:
            self.canv.saveState()
            self._paint(mark)
            self.canv.restoreState()

    def _paint(self, mark: Mark) -> None:
        if isinstance(mark, Bar):
            self.canv.setFillColor(HexColor(mark.fill))
            self.canv.setFillAlpha(mark.opacity)
            self.canv.rect(mark.x, self.height - mark.y - mark.height, mark.width, mark.height, stroke=0, fill=1)
        elif isinstance(mark, Line):
            self._line(mark)
        elif isinstance(mark, Raster):
            reader = ImageReader(io.BytesIO(mark.png))
            self.canv.drawImage(reader, mark.x, self.height - mark.y - mark.height, mark.width, mark.height)
        else:
            font = BOLD if mark.bold else PLAIN
            self.canv.setFont(font, mark.size)
            self.canv.setFillColor(HexColor(mark.colour))
            write = {
                "start": self.canv.drawString,
                "middle": self.canv.drawCentredString,
                "end": self.canv.drawRightString,
            }
            write[mark.anchor](mark.x, self.height - mark.y, plain(mark.text, font))

    def _line(self, line: Line) -> None:
        self.canv.setStrokeColor(HexColor(line.colour))
        self.canv.setLineWidth(line.width)
        if line.dashed:
            self.canv.setDash(3, 2)
        path = self.canv.beginPath()
        path.moveTo(line.points[0][0], self.height - line.points[0][1])
        for x, y in line.points[1:]:
            path.lineTo(x, self.height - y)
        self.canv.drawPath(path)


def _row(figures: Sequence[Figure], columns: int, width: float) -> Table:
    cells = [[_scaled(figure, width), paragraph(figure.caption, _CAPTION)] for figure in figures]
    cells += [[] for _ in range(columns - len(figures))]
    bare = TableStyle(
        [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-2, -1), _GAP),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    widths = [width + _GAP] * (columns - 1) + [width]
    return Table([cells], colWidths=widths, style=bare, hAlign="LEFT", spaceAfter=4)


def _scaled(figure: Figure, width: float) -> Image:
    scale = min(width / figure.width_px, width * 1.25 / figure.height_px)
    return Image(io.BytesIO(figure.data), figure.width_px * scale, figure.height_px * scale, hAlign="LEFT")


def _lines() -> TableStyle:
    return TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(GRID)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
