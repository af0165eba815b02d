"""The sentences of the explanation in one language, checked when they are loaded.

A template is plain text with names in braces, e.g. "{faces} faces". Names alone: no attributes, indices or formats.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from string import Formatter

from pydantic import BaseModel, ConfigDict, ValidationError

from kit.errors import Internal
from telltale.common.v1 import evidence_pb2

# A value that came out of a stranger's file must not become a paragraph.
MAX_VALUE_CHARACTERS = 120

_MEDIA = frozenset({"media", "media_plural"})
_FALSE_ALARMS = _MEDIA | {"wrong", "wrong_percent", "upper_percent", "items", "dataset"}
_MISSES = _MEDIA | {"missed", "missed_percent", "items", "dataset"}
_STRETCH = frozenset({"start", "end"})
_SEEN = _MEDIA | {"examined", "duration"}
_OUTCOMES = (
    "authentic",
    "inconclusive_balanced",
    "inconclusive_conflict",
    "inconclusive_thin",
    "manipulated",
    "suspicious",
)

# What this service itself says, and the values that each template may use.
GENERAL: Mapping[str, frozenset[str]] = {
    **{f"{part}_{outcome}": _MEDIA for part in ("meaning", "advice") for outcome in _OUTCOMES},
    "reliability_authentic": _MISSES,
    "reliability_incomplete": _MEDIA,
    "reliability_inconclusive": _MEDIA,
    "reliability_manipulated": _FALSE_ALARMS,
    "reliability_suspicious": _FALSE_ALARMS,
    "reliability_unmeasured": _MEDIA,
    "finding_against": frozenset({"cue"}),
    "finding_elsewhere": frozenset({"cue"}),
    "finding_for": frozenset({"cue"}),
    "heard_all": _SEEN,
    "heard_part": _SEEN,
    "not_examined": frozenset({"reason", "cues"}),
    "not_weighed": frozenset({"cues"}),
    "seen_all": _SEEN,
    "seen_part": _SEEN,
    "stretch_person": _STRETCH | {"person", "finding"},
    "stretch_picture": _STRETCH | {"finding"},
    "stretch_sound": _STRETCH | {"finding"},
    "suspicious_too_person": _STRETCH | {"person"},
    "suspicious_too_picture": _STRETCH,
    "suspicious_too_sound": _STRETCH,
}


class Catalogue(BaseModel):
    """Templates by code; names of tests and of kinds of media."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    # Why a test has no opinion, by the lower-case name of the reason; "<reason>_detail" where parameters tell more.
    abstentions: dict[str, str]
    # Names of tests in plain words.
    cues: dict[str, str]
    # What a test noticed, by reason code.
    findings: dict[str, str]
    # What the verdict as a whole means, how reliable it is and what to do.
    general: dict[str, str]
    # "photo", "photos"… by kind of media.
    media: dict[str, str]
    media_plural: dict[str, str]

    def say(self, code: str, parameters: Mapping[str, str]) -> str:
        """A general sentence."""
        return self.general[code].format_map(parameters)

    def describe(self, code: str, parameters: Mapping[str, str]) -> str | None:
        """What a test noticed; None when the code is unknown or a value is missing or empty."""
        return _filled(self.findings.get(code), parameters)

    def excuse(self, reason: str, parameters: Mapping[str, str]) -> str:
        """Why a test has no opinion, with its parameters where they say more."""
        detailed = _filled(self.abstentions.get(f"{reason}_detail"), parameters)
        return detailed or self.abstentions[reason].format_map(_plain(parameters))

    def name(self, cue: str) -> str:
        """A test's name in plain words, or its identifier in quotation marks."""
        return self.cues.get(cue, f'"{cue}"')


def parse(raw: bytes) -> Catalogue:
    """Reads a catalogue.

    Raises:
        Internal: broken format, a malformed template, a sentence of ours that is missing or uses a value that nobody gives.
    """
    try:
        catalogue = Catalogue.model_validate_json(raw)
    except ValidationError as error:
        raise Internal(f"the explanation catalogue is not valid: {error}; correct the file") from error
    if set(catalogue.general) != set(GENERAL):
        raise Internal(f"the explanation catalogue lacks or exceeds {sorted(set(catalogue.general) ^ set(GENERAL))}")
    reasons = {reason_name(value) for value in evidence_pb2.AbstentionReason.values() if value}
    if not reasons <= set(catalogue.abstentions):
        speechless = sorted(reasons - set(catalogue.abstentions))
        raise Internal(f"the explanation catalogue has no sentence for the abstentions {speechless}")
    for template in [*catalogue.abstentions.values(), *catalogue.findings.values()]:
        fields(template)
    for code, template in catalogue.general.items():
        unknown = fields(template) - GENERAL[code]
        if unknown:
            raise Internal(f"sentence {code!r} of the explanation catalogue uses {sorted(unknown)}, which nobody gives")
    return catalogue


def reason_name(reason: evidence_pb2.AbstentionReason.ValueType) -> str:
    """A reason as the catalogue calls it, e.g. "no_face"."""
    return evidence_pb2.AbstentionReason.Name(reason).removeprefix("ABSTENTION_REASON_").lower()


@functools.cache
def english() -> Catalogue:
    """The English catalogue of this package."""
    return parse(resources.files("fusion_svc").joinpath("catalogues", "en.json").read_bytes())


def fields(template: str) -> frozenset[str]:
    """Names that a template needs. Raises Internal when it is malformed or uses more than names."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise Internal(f"template {template!r} is malformed: {error}") from error
    for _, name, specification, conversion in parts:
        if name is not None and (not name.isidentifier() or specification or conversion):
            raise Internal(f"template {template!r} uses more than plain names in braces")
    return frozenset(name for _, name, _, _ in parts if name is not None)


def _filled(template: str | None, parameters: Mapping[str, str]) -> str | None:
    if template is None or not all(parameters.get(name) for name in fields(template)):
        return None
    return template.format_map(_plain(parameters))


def _short(value: str) -> str:
    return value if len(value) <= MAX_VALUE_CHARACTERS else value[: MAX_VALUE_CHARACTERS - 1] + "…"


def _plain(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name: _short(" ".join(value.split())) for name, value in parameters.items()}
