"""A report before it is set in type: sections of blocks. Texts are plain; whoever sets them escapes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from gateway.report.drawing import Drawing

Tone = Literal["plain", "small", "note"]
Label = Literal["authentic", "suspicious", "manipulated", "inconclusive"]


@dataclass(frozen=True)
class Headline:
    """The answer.

    Attributes:
        label: by which it is coloured.
        word: the label as people read it.
        meaning: what it means.
        figures: numbers behind it, each with its name.
    """

    label: Label
    word: str
    meaning: str
    figures: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Bullets:
    """Sentences, each with a sign before it."""

    items: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Subheading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names and values; a value in typewriter type when it is to be compared letter by letter."""

    rows: Sequence[tuple[str, str]]
    exact: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """Rows under a head; `shares` are widths relative to each other, `exact` the columns in typewriter type."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float]
    exact: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A picture: JPEG or PNG."""

    data: bytes
    mime_type: Literal["image/jpeg", "image/png"]
    width_px: int
    height_px: int
    caption: str


@dataclass(frozen=True)
class Gallery:
    """Pictures side by side, so many in a row."""

    figures: Sequence[Figure]
    columns: int


@dataclass(frozen=True)
class Chart:
    """A drawing with what it shows in words, for who cannot see it."""

    drawing: Drawing
    caption: str


@dataclass(frozen=True)
class Command:
    """A line to type."""

    text: str


Block: TypeAlias = Headline | Text | Bullets | Subheading | Facts | Table | Gallery | Chart | Command


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes:
        language: of its sentences, a BCP 47 tag.
        title: of the document, for the title bar.
        name: what the uploader called the file.
        media_sha256: digest of the file.
        record_sha256: digest of the JSON report.
        complete_time: when the analysis ended, in UTC, naive; the only time that a document knows.
        when: the same for people.
        sections: in reading order.
    """

    language: str
    title: str
    name: str
    media_sha256: str
    record_sha256: str
    complete_time: datetime
    when: str
    sections: Sequence[Section]
