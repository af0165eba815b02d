"""Type for PDFs: FiraGO (Latin, Cyrillic, Greek, Arabic, Hebrew, Thai, Georgian…) and Cascadia Mono, SIL Open Font License."""

from __future__ import annotations

import functools
import io
import threading
from itertools import groupby
from xml.sax.saxutils import escape

from pymupdf_fonts import fontbuffers
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD, EXACT = "TelltalePlain", "TelltaleBold", "TelltaleExact"
_FILES = {PLAIN: "figo", BOLD: "figbo", EXACT: "cascadia"}
_NO_GLYPH = "\u25a1"
_LOCK = threading.Lock()


def register() -> None:
    """Makes the fonts known to the writer, once in a process; reports are written in several threads."""
    with _LOCK:
        _register()


def markup(text: str, font: str) -> str:
    """The text for a paragraph in `font`, escaped; a sign that the font lacks is a square, so nothing goes missing unseen."""
    known = _glyphs(font)
    parts = []
    for has_glyph, signs in groupby(text, lambda sign: ord(sign) in known):
        run = "".join(signs)
        parts.append(escape(run) if has_glyph else f'<font name="{EXACT}">{_NO_GLYPH * len(run)}</font>')
    return "".join(parts)


def plain(text: str, font: str) -> str:
    """The text for a single line in `font`; what the font lacks is a question mark."""
    known = _glyphs(font)
    return "".join(sign if ord(sign) in known else "?" for sign in text)


@functools.cache
def _register() -> None:
    for name, code in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(fontbuffers[code]())))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    pdfmetrics.registerFontFamily(EXACT, normal=EXACT, bold=EXACT, italic=EXACT, boldItalic=EXACT)


@functools.cache
def _glyphs(font: str) -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)
