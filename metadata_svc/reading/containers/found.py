"""What a reader of containers finds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from metadata_svc.reading.text import clean, decode

MAX_LAYOUT = 64
MAX_TRACKS = 16
MAX_TEXTS = 300
MAX_TEXT_BYTES = 1 << 18
# Of all texts of a file together; a letter takes up to four bytes of memory.
MAX_TEXT_LETTERS = 1 << 22
FIRST_SAMPLES_BYTES = 1 << 16
VIDEO = "video"
SOUND = "sound"
OTHER = "other"

# Nothing before was recorded by a camera that writes these containers: a clock that was never set.
_FIRST_YEAR = 1990
# What encoders write into the stream itself: user data of x264 and x265, the fill element of FFmpeg's AAC, LAME's padding.
_IN_STREAM = re.compile(
    rb"x264 - core \d{1,4}(?: r\d{1,6})?(?: [0-9a-f]{7,12})?|x265 \(build \d{1,4}\)(?: - [\w.+\-]{1,40})?"
    rb"|Lavc\d{1,3}\.\d{1,3}\.\d{1,3}(?: lib\w{1,20})?|LAME ?\d\.\d{1,3}|FAAC \d[\d.]{0,8}"
)


class TrackReading(TypedDict):
    """One track; see `telltale.metadata.v1.ContainerTrack`."""

    kind: str
    codec: str
    profile: str
    handler: str
    edits: int
    create_time: str
    duration_s: float | None


class ContainerReading(TypedDict):
    """How a container was written; see `telltale.metadata.v1.ContainerStructure`.

    `make` and `model` are what the file claims, `marks` are private boxes that name their writer, `brands` are those of an ISO
    file, the major one first, `create_time` is that of the whole, and `flaws` are codes of sizes that cannot be.
    """

    format: str
    layout: list[str]
    index_last: bool | None
    writer: str
    encoder: str
    make: str
    model: str
    marks: list[str]
    brands: list[str]
    create_time: str
    tracks: list[TrackReading]
    flaws: list[str]


def empty() -> ContainerReading:
    """The reading of a container of which nothing could be read."""
    return {
        "format": "", "layout": [], "index_last": None, "writer": "", "encoder": "", "make": "", "model": "", "marks": [],
        "brands": [], "create_time": "", "tracks": [], "flaws": [],
    }  # fmt: skip


def empty_track() -> TrackReading:
    """A track of which nothing is known yet."""
    return {
        "kind": OTHER, "codec": "", "profile": "", "handler": "", "edits": 0, "create_time": "", "duration_s": None,
    }  # fmt: skip


def device_name(container: ContainerReading) -> str:
    """Make and model that a container claims, as people say them; empty when it claims none."""
    make, model = container["make"].strip(), container["model"].strip()
    return model if make and model.lower().startswith(make.split()[0].lower()) else f"{make} {model}".strip()


@dataclass
class Found:
    """Everything that a reader collects: the structure, texts as (group, name, text), and an XMP packet."""

    container: ContainerReading = field(default_factory=empty)
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    xmp: bytes = b""
    _left_letters: int = MAX_TEXT_LETTERS

    def add_part(self, name: str) -> None:
        """Notes a top-level part; neighbours of one name count once."""
        layout = self.container["layout"]
        if len(layout) < MAX_LAYOUT and (not layout or layout[-1] != name):
            layout.append(clean(name, 16))

    def add_text(self, group: str, name: str, raw: bytes | str) -> None:
        """Notes a text of the file, unless it is empty, or there are too many or too long ones."""
        text = decode(raw[:MAX_TEXT_BYTES]) if isinstance(raw, bytes) else raw[:MAX_TEXT_BYTES]
        text = text.strip("\0 \r\n\t")
        if text and len(self.texts) < MAX_TEXTS and len(text) <= self._left_letters:
            self._left_letters -= len(text)
            self.texts.append((group, name, text))

    def value(self, *names: str) -> str:
        """The first text under the first of these names that is there, clean; empty when none is."""
        found = {name.lower(): text for _, name, text in reversed(self.texts)}
        return next((clean(found[name.lower()]) for name in names if name.lower() in found), "")

    def program(self, *names: str) -> str:
        """Like `value`; a bare number of a version gets the name of its tag in front."""
        named = next((name for name in names if self.value(name)), "")
        text = self.value(named) if named else ""
        return text if any(letter.isalpha() for letter in text) else f"{named} {text}".strip()


def encoder_in(stream: bytes) -> str:
    """How the encoder calls itself inside a coded stream; empty when it does not."""
    match = _IN_STREAM.search(stream)
    return clean(match.group().decode("latin-1")) if match else ""


def time_since(epoch: datetime, seconds: float) -> str:
    """ISO 8601 of a time counted from an epoch; empty for one that means "not set" or that no calendar has."""
    try:
        time = epoch + timedelta(seconds=seconds)
    except OverflowError:
        return ""
    return time.astimezone(UTC).isoformat() if time.year >= _FIRST_YEAR else ""
