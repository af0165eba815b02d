"""A document as a PDF: A4, its digest on every page, no time but that of the analysis: equal documents are equal bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from gateway.report import document as parts
from gateway.report.drawing import GRID, INK, LABEL_COLOURS, MUTED, PAPER, WIDTH
from gateway.report.fonts import BOLD, EXACT, PLAIN, plain, register
from gateway.report.pdf_parts import BODY, Chart, facts, gallery, paragraph, style, table
from gateway.report.wording import wording

_LEFT = (A4[0] - WIDTH) / 2
_TOP, _BOTTOM = 24 * mm, 20 * mm
_NEEDED_PT = 95.0  # A heading with less room below it goes to the next page.

_TITLE = style("title", BOLD, 17, spaceAfter=2)
_ABOUT = style("about", PLAIN, 8, MUTED, spaceAfter=8)
_HEADING = style("heading", BOLD, 12.5, spaceBefore=14, spaceAfter=5)
_SUBHEADING = style("subheading", BOLD, 10, spaceBefore=8, spaceAfter=3)
_MEANING = style("meaning", PLAIN, 10.5, spaceAfter=5)
_FIGURES = style("figures", PLAIN, 8.5, MUTED)
_COMMAND = style(
    "command",
    EXACT,
    8,
    backColor=HexColor(PAPER),
    borderPadding=5,
    leftIndent=5,
    rightIndent=5,
    spaceBefore=6,
    spaceAfter=8,
)
_TONES = {
    "plain": BODY,
    "small": style("small", PLAIN, 8, MUTED, spaceAfter=4),
    "note": style("note", PLAIN, 9, MUTED, spaceBefore=3, spaceAfter=4),
}


def pdf_file(document: parts.Document) -> bytes:
    """The file."""
    register()
    file = io.BytesIO()
    page = Frame(_LEFT, _BOTTOM, WIDTH, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
    subject, language = wording(document.language).say("subject"), document.language
    writer = BaseDocTemplate(
        file, pagesize=A4, title=document.title, author="Telltale", subject=subject, lang=language, invariant=1
    )
    writer.addPageTemplates(PageTemplate("page", [page]))
    writer.build(list(_flow(document)), canvasmaker=lambda *more, **named: _Pages(document, *more, **named))
    return file.getvalue()


class _Pages(Canvas):
    """Pages that know how many they are, each with the digest above and its number below."""

    def __init__(self, document: parts.Document, *more: Any, **named: Any) -> None:
        super().__init__(*more, **named)
        self.setDateFormatter(lambda *_: _pdf_date(document.complete_time))
        self._document = document
        self._states: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Keeps a page back until the number of all is known."""
        self._states.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Writes all pages."""
        states = self._states
        for state in states:
            self.__dict__.update(state)
            self._margins(len(states))
            super().showPage()
        super().save()

    def _margins(self, pages: int) -> None:
        name, words = plain(self._document.name, PLAIN), wording(self._document.language)
        shown = name if len(name) <= 60 else name[:59] + "…"
        self.setFillColor(HexColor(MUTED))
        self.setFont(PLAIN, 7.5)
        self.drawString(_LEFT, A4[1] - 14 * mm, f"{words.say('report')} · {shown}")
        self.setFont(EXACT, 6)
        self.drawRightString(_LEFT + WIDTH, A4[1] - 14 * mm, f"SHA-256 {self._document.media_sha256[:32]}…")
        self.setStrokeColor(HexColor(GRID))
        self.line(_LEFT, A4[1] - 16 * mm, _LEFT + WIDTH, A4[1] - 16 * mm)
        self.setFont(EXACT, 6)
        self.drawString(_LEFT, 11 * mm, f"{words.say('json_report')} {self._document.record_sha256}")
        self.setFont(PLAIN, 7.5)
        self.drawRightString(_LEFT + WIDTH, 11 * mm, words.say("page", number=str(self._pageNumber), pages=str(pages)))


def _flow(document: parts.Document) -> Iterator[Flowable]:
    yield paragraph(document.name, _TITLE)
    about = wording(document.language).say("analysed", when=document.when)
    yield paragraph(f"{about} {document.media_sha256}", _ABOUT)
    for section in document.sections:
        heads: list[Flowable] = [CondPageBreak(_NEEDED_PT), paragraph(section.heading, _HEADING)]
        for block in section.blocks:
            if isinstance(block, parts.Subheading):
                yield from heads
                heads = [CondPageBreak(_NEEDED_PT), paragraph(block.text, _SUBHEADING)]
            else:
                yield from _below(heads, block)
                heads = []


def _below(heads: list[Flowable], block: parts.Block) -> Iterator[Flowable]:
    """A block under its heading: what cannot be broken takes the heading along to the next page."""
    first, *more = _set(block)
    if isinstance(block, parts.Chart | parts.Gallery | parts.Headline | parts.Facts):
        yield KeepTogether([*heads[-1:], first])
    else:
        yield from (*heads, first)
    yield from more


def _set(block: parts.Block) -> Iterator[Flowable]:
    match block:
        case parts.Headline():
            yield _headline(block)
        case parts.Text():
            yield paragraph(block.text, _TONES[block.tone])
        case parts.Bullets():
            yield _bullets(block)
        case parts.Facts():
            yield facts(block)
        case parts.Table():
            yield table(block)
        case parts.Gallery():
            yield from gallery(block)
        case parts.Chart():
            yield Chart(block.drawing)
        case parts.Command():
            yield paragraph(block.text, _COMMAND)


def _headline(block: parts.Headline) -> Table:
    colour = LABEL_COLOURS[block.label]
    figures = "   ·   ".join(f"{name}: {value}" for name, value in block.figures)
    word = style("word", BOLD, 19, colour, spaceAfter=3)
    cell = [paragraph(block.word, word), paragraph(block.meaning, _MEANING), paragraph(figures, _FIGURES)]
    look = TableStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), HexColor(PAPER)),
            ("LINEBEFORE", (0, 0), (0, -1), 5, HexColor(colour)),
            ("LEFTPADDING", (0, 0), (-1, -1), 14),
            ("TOPPADDING", (0, 0), (-1, -1), 8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
        ]
    )
    return Table([[cell]], colWidths=[WIDTH], style=look, spaceAfter=4)


def _bullets(block: parts.Bullets) -> Flowable:
    rows = [[paragraph(sign, BODY), paragraph(text, BODY)] for sign, text in block.items]
    look = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("TEXTCOLOR", (0, 0), (-1, -1), HexColor(INK)),
        ]
    )
    return Table(rows, colWidths=[16, WIDTH - 16], style=look, hAlign="LEFT") if rows else Spacer(0, 0)


def _pdf_date(time: datetime) -> str:
    return time.strftime("D:%Y%m%d%H%M%SZ")
