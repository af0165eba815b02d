"""Codes, times and a stranger's texts, in no language: what has words in several is in `wording`."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC

from google.protobuf import duration_pb2, timestamp_pb2

from gateway.report.document import Label
from telltale.fusion.v1 import verdict_pb2

_LABELS: Mapping[verdict_pb2.Label.ValueType, Label] = {
    verdict_pb2.LABEL_AUTHENTIC: "authentic",
    verdict_pb2.LABEL_SUSPICIOUS: "suspicious",
    verdict_pb2.LABEL_MANIPULATED: "manipulated",
    verdict_pb2.LABEL_INCONCLUSIVE: "inconclusive",
}
_LONGEST = 400
# Overrides of direction could make a name read as another; nothing else of a stranger's text is held back.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def label_key(label: verdict_pb2.Label.ValueType) -> Label:
    """A label's name in lower case; a label that this version does not know makes no claim."""
    return _LABELS.get(label, "inconclusive")


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


def moment(time: timestamp_pb2.Timestamp) -> str:
    """A point in time, to the second, in UTC."""
    return time.ToDatetime(tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
