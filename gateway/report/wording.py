"""What a report says, in one language: its sentences, names for what the contracts name by codes, and numbers."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict

from gateway.report.words import from_code, label_key
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2

ENGLISH = "en"
_SUFFIX = ".json"
_KINDS: Mapping[media_pb2.MediaKind.ValueType, str] = {
    media_pb2.MEDIA_KIND_IMAGE: "image",
    media_pb2.MEDIA_KIND_VIDEO: "video",
    media_pb2.MEDIA_KIND_AUDIO: "audio",
}


class Numbers(BaseModel):
    """Marks within numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decimal_mark: str
    thousands_mark: str


class Wording(BaseModel):
    """A file of `catalogues`, called by its BCP 47 tag."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Name and purpose of each test.
    cues: dict[str, tuple[str, str]]
    # One and several, by kind of media; "file" for any other.
    kinds: dict[str, tuple[str, str]]
    # Word and meaning of each label.
    labels: dict[str, tuple[str, str]]
    numbers: Numbers
    # Everything else: plain text with names in braces.
    texts: dict[str, str]

    def say(self, code: str, **values: str) -> str:
        """A sentence or a heading."""
        return self.texts[code].format_map(values)

    def retold(self, english: str) -> str:
        """A sentence of ours out of a record, which is English; one that this version does not write stays as it is."""
        code = _codes().get(english)
        return english if code is None else self.texts[code]

    def label(self, label: verdict_pb2.Label.ValueType) -> tuple[str, str]:
        """The label as people read it, and what it means."""
        return self.labels[label_key(label)]

    def kind(self, kind: media_pb2.MediaKind.ValueType) -> str:
        """ "photo", "video" or "recording"."""
        return self.kinds[_KINDS.get(kind, "file")][0]

    def several(self, kind: str) -> str:
        """Several of a kind by the name that models have for it: "image", "video" or "audio"."""
        return self.kinds.get(kind, self.kinds["file"])[1]

    def cue_name(self, cue: str) -> str:
        """A test's name; of one that has none here, its identifier without underscores."""
        return self.cues[cue][0] if cue in self.cues else from_code(cue)

    def cue_purpose(self, cue: str) -> str:
        """What a test looks for; empty for one that has no words here."""
        return self.cues[cue][1] if cue in self.cues else ""

    def number(self, value: float, form: str) -> str:
        """A number in a form of `format`, with the marks of this language and a true minus."""
        marks = str.maketrans(",.-", f"{self.numbers.thousands_mark}{self.numbers.decimal_mark}−")
        return format(value, form).translate(marks)

    def signed(self, value: float) -> str:
        """A number with its sign."""
        return self.number(value, "+.2f")

    def percent(self, share: float) -> str:
        """A share of 1 in percent."""
        return self.say("percent", value=self.number(100 * share, ".1f"))

    def risk(self, percent: float) -> str:
        """A risk on its scale."""
        return self.say("of_100", value=self.number(percent, ".1f"))

    def clock(self, time_s: float) -> str:
        """A moment of a file, e.g. "1:04.2"."""
        tenths = round(max(0.0, time_s) * 10)
        minutes, rest = divmod(tenths, 600)
        hours, minutes = divmod(minutes, 60)
        whole = f"{hours}:{minutes:02}" if hours else f"{minutes}"
        return f"{whole}:{rest // 10:02}{self.numbers.decimal_mark}{rest % 10}"

    def size(self, count: int) -> str:
        """A file's length for people and to the byte."""
        value, units = float(count), iter(("", "kB", "MB", "GB"))
        unit = next(units)
        while value >= 1000 and unit != "GB":
            value, unit = value / 1000, next(units)
        exact = self.number(count, ",")
        return self.say("size", value=self.number(value, ".1f"), unit=unit, count=exact) if unit else self._bytes(exact)

    def _bytes(self, count: str) -> str:
        return self.say("bytes", count=count)


def wording(language: str) -> Wording:
    """The catalogue of a verdict's language; English for one that has none here, and for records that name none."""
    return _load(spoken(language))


def spoken(language: str) -> str:
    """The tag of that catalogue."""
    return language if language in _files() else ENGLISH


@functools.cache
def _files() -> Mapping[str, Traversable]:
    found: Iterator[Traversable] = resources.files("gateway.report").joinpath("catalogues").iterdir()
    return {file.name.removesuffix(_SUFFIX): file for file in found if file.name.endswith(_SUFFIX)}


@functools.cache
def _load(language: str) -> Wording:
    return Wording.model_validate_json(_files()[language].read_bytes())


@functools.cache
def _codes() -> Mapping[str, str]:
    return {text: code for code, text in _load(ENGLISH).texts.items()}
