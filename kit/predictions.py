"""What is kept of every verdict for later analysis: numbers and test names; never media, owners, names or digests of files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter

from kit.errors import InvalidRequest

FORMAT = 1
"""Version of the lines; a reader refuses lines of another one."""


@dataclass(frozen=True)
class Prediction:
    """One verdict.

    Attributes:
        time_s: when it was given, seconds since 1970 (UTC), rounded to whole seconds.
        medium: "photo", "video" or "recording".
        form: file format as sniffed, e.g. "jpeg", "mp4", "flac".
        megabytes: length of the file, 10^6 bytes.
        megapixels: of the photo or an upright frame; None for recordings.
        duration_s: playing time; None for photos.
        label: of the verdict: "AUTHENTIC", "SUSPICIOUS", "MANIPULATED" or "INCONCLUSIVE".
        risk_score: [0, 100].
        findings: log-likelihood ratio (natural, positive: manipulated) by test.
        abstentions: reason by test, e.g. "NO_FACE".
        models: version by name of the model.
        seconds: how long it took, by detector and "total"; empty for parts that were recalled.
        recalled: whether any part was taken over from an earlier analysis; monitors of drift leave those out.
    """

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid", allow_inf_nan=False)

    time_s: int
    medium: str
    form: str
    megabytes: float
    megapixels: float | None
    duration_s: float | None
    label: str
    risk_score: float
    findings: Mapping[str, float]
    abstentions: Mapping[str, str]
    models: Mapping[str, str]
    seconds: Mapping[str, float]
    recalled: bool


_CHECKED = TypeAdapter(Prediction)


def to_line(prediction: Prediction) -> str:
    """One line of JSON with its end; equal predictions give equal lines."""
    return json.dumps({"format": FORMAT, **asdict(prediction)}, sort_keys=True, separators=(",", ":")) + "\n"


def from_line(line: str) -> Prediction:
    """The prediction in a line. Raises InvalidRequest: it is none, or one of another format."""
    try:
        held: dict[str, Any] = json.loads(line)
        if held.pop("format") != FORMAT:
            raise ValueError("another format")
        return _CHECKED.validate_python(held)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidRequest(f"this is no line of a prediction log of format {FORMAT}: {line[:80]!r}") from error
