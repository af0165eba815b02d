from __future__ import annotations

from xml.etree import ElementTree

from gateway.report.drawing import Bar, Drawing, Line, Raster, Words
from gateway.report.svg import svg

DRAWING = Drawing(
    100,
    50,
    [
        Bar(1, 2, 3.456, 4, "#ff0000", 0.5),
        Line([(0, 0), (1, 1)], "#000000", dashed=True),
        Words(5, 6, '<script>"&', bold=True),
        Raster(0, 0, 10, 10, b"png"),
    ],
)


def test_every_mark_is_drawn_and_every_text_escaped() -> None:
    text = svg(DRAWING, 'a "picture" <of> it')
    root = ElementTree.fromstring(text)
    assert [child.tag.split("}")[1] for child in root] == ["rect", "polyline", "text", "image"]
    assert root[2].text == '<script>"&'
    assert root.get("aria-label") == 'a "picture" <of> it'
    assert "<script>" not in text


def test_numbers_are_short() -> None:
    assert 'width="3.46"' in svg(DRAWING, "")
