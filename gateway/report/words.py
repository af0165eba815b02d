"""Plain words for what the contracts name by codes, and numbers, times and names as people read them."""

from __future__ import annotations

import functools
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC
from importlib import resources
from typing import Any

from google.protobuf import duration_pb2, timestamp_pb2

from gateway.report.document import Label
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2

_LABELS: Mapping[verdict_pb2.Label.ValueType, Label] = {
    verdict_pb2.LABEL_AUTHENTIC: "authentic",
    verdict_pb2.LABEL_SUSPICIOUS: "suspicious",
    verdict_pb2.LABEL_MANIPULATED: "manipulated",
    verdict_pb2.LABEL_INCONCLUSIVE: "inconclusive",
}
_KINDS: Mapping[media_pb2.MediaKind.ValueType, str] = {
    media_pb2.MEDIA_KIND_IMAGE: "image",
    media_pb2.MEDIA_KIND_VIDEO: "video",
    media_pb2.MEDIA_KIND_AUDIO: "audio",
}
_LONGEST = 400
# Overrides of direction could make a name read as another; nothing else of a stranger's text is held back.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def label_key(label: verdict_pb2.Label.ValueType) -> Label:
    """A label's name in lower case; a label that this version does not know makes no claim."""
    return _LABELS.get(label, "inconclusive")


def label_words(label: verdict_pb2.Label.ValueType) -> tuple[str, str]:
    """The label as people read it, and what it means."""
    word, meaning = _words()["labels"][label_key(label)]
    return word, meaning


def kind_word(kind: media_pb2.MediaKind.ValueType) -> str:
    """ "photo", "video" or "recording"."""
    return kind_called(_KINDS.get(kind, ""))


def kind_called(name: str) -> str:
    """The same by the name that models have for it: "image", "video" or "audio"."""
    return str(_words()["kinds"].get(name, "file"))


def cue_name(cue: str) -> str:
    """A test's name; of one that has none here, its identifier without underscores."""
    name, _ = _words()["cues"].get(cue, (from_code(cue), ""))
    return str(name)


def cue_purpose(cue: str) -> str:
    """What a test looks for; empty for one that has no words here."""
    return str(_words()["cues"].get(cue, ("", ""))[1])


def from_code(code: str) -> str:
    """ "index_last" as "Index last"."""
    return shown(code.replace("_", " ")).capitalize()


def shown(text: str) -> str:
    """A stranger's text on one line: control and format characters as U+FFFD, and not longer than a paragraph."""
    visible = "".join("\ufffd" if unicodedata.category(sign) in _HIDDEN else sign for sign in text[: _LONGEST + 1])
    return visible if len(visible) <= _LONGEST else visible[: _LONGEST - 1] + "…"


def seconds(duration: duration_pb2.Duration) -> float:
    """A duration in seconds."""
    return duration.seconds + duration.nanos / 1e9


def clock(time_s: float) -> str:
    """A moment of a file, e.g. "1:04.2"."""
    tenths = round(max(0.0, time_s) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    whole = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{whole}:{rest // 10:02}.{rest % 10}"


def moment(time: timestamp_pb2.Timestamp) -> str:
    """A point in time, to the second, in UTC."""
    return time.ToDatetime(tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def size(count: int) -> str:
    """A file's length for people and to the byte."""
    value, units = float(count), iter(("bytes", "kB", "MB", "GB"))
    unit = next(units)
    while value >= 1000 and unit != "GB":
        value, unit = value / 1000, next(units)
    return f"{count} bytes" if unit == "bytes" else f"{value:.1f} {unit} ({count:,} bytes)"


def percent(share: float) -> str:
    """A share of 1 in percent."""
    return f"{100 * share:.1f}%"


def signed(value: float) -> str:
    """A number with its sign, and a true minus."""
    return f"{value:+.2f}".replace("-", "−")


@functools.cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(resources.files("gateway.report").joinpath("words.json").read_bytes())
    return words
