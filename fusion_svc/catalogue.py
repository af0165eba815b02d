"""The sentences of the explanation in one language, checked when they are loaded.

A template is plain text with names in braces, e.g. "{faces} faces". Names alone: no attributes, indices or formats. A language is
a file of this package, called by its tag.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from string import Formatter

from pydantic import BaseModel, ConfigDict, ValidationError

from fusion_svc.sentences import GENERAL, MEDIA, PLACES
from fusion_svc.values import cleaned, in_words
from kit.errors import Internal
from telltale.common.v1 import evidence_pb2

ENGLISH = "en"
_SUFFIX = ".json"


class Catalogue(BaseModel):
    """Templates by code; names of tests, places and kinds of media."""

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
    # How numbers are written: "decimal_mark".
    numbers: dict[str, str]
    # Ninths of a picture, as the end of a sentence.
    places: dict[str, str]
    # Values that our services and cards give in plain words, by "name=value".
    terms: dict[str, str]

    @property
    def decimal_mark(self) -> str:
        """ "." or ","."""
        return self.numbers["decimal_mark"]

    def say(self, code: str, parameters: Mapping[str, str]) -> str:
        """A general sentence; its values are words of this catalogue, or in the reader's language already."""
        return self.general[code].format_map(parameters)

    def describe(self, code: str, parameters: Mapping[str, str]) -> str | None:
        """What a test noticed; None when the code is unknown or a value is missing or empty."""
        return self._filled(self.findings.get(code), parameters)

    def excuse(self, reason: str, parameters: Mapping[str, str]) -> str:
        """Why a test has no opinion, with its parameters where they say more."""
        detailed = self._filled(self.abstentions.get(f"{reason}_detail"), parameters)
        return detailed or self.abstentions[reason].format_map(self.words(parameters))

    def name(self, cue: str) -> str:
        """A test's name in plain words, or its identifier in quotation marks."""
        return self.cues.get(cue) or f'"{cleaned(cue)}"'

    def kind(self, media: str) -> dict[str, str]:
        """The words for a kind of media."""
        return {"media": self.media[media], "media_plural": self.media_plural[media]}

    def words(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Values as a reader of this language knows them."""
        return in_words(parameters, self.terms, self.decimal_mark)

    def _filled(self, template: str | None, parameters: Mapping[str, str]) -> str | None:
        told = self.words(parameters)
        if template is None or not all(told.get(name) for name in fields(template)):
            return None
        return template.format_map(told)


def parse(raw: bytes) -> Catalogue:
    """Reads a catalogue.

    Raises:
        Internal: broken format, a malformed template, a sentence of ours that is missing or uses a value that nobody gives.
    """
    try:
        read = Catalogue.model_validate_json(raw)
    except ValidationError as error:
        raise Internal(f"the explanation catalogue is not valid: {error}; correct the file") from error
    for name, expected in _EXACT.items():
        found = set(getattr(read, name))
        if found != set(expected):
            raise Internal(f"the explanation catalogue lacks or exceeds {sorted(found ^ set(expected))} in {name!r}")
    reasons = {reason_name(value) for value in evidence_pb2.AbstentionReason.values() if value}
    if not reasons <= set(read.abstentions):
        speechless = sorted(reasons - set(read.abstentions))
        raise Internal(f"the explanation catalogue has no sentence for the abstentions {speechless}")
    _check_templates(read)
    return read


def reason_name(reason: evidence_pb2.AbstentionReason.ValueType) -> str:
    """A reason as the catalogue calls it, e.g. "no_face"."""
    return evidence_pb2.AbstentionReason.Name(reason).removeprefix("ABSTENTION_REASON_").lower()


def catalogues() -> dict[str, Catalogue]:
    """All catalogues of this package by language."""
    return {language: _load(language) for language in _files()}


def nearest(language: str) -> str:
    """Tag of the catalogue that fits a BCP 47 tag best, by look-up as in RFC 4647: "de-AT" gets "de"; without any "en"."""
    known, wanted = _files(), language.lower().replace("_", "-")
    while wanted and wanted not in known:
        wanted = wanted.rpartition("-")[0]
    return wanted or ENGLISH


def catalogue_for(language: str) -> Catalogue:
    """The catalogue that is nearest to a BCP 47 tag."""
    return _load(nearest(language))


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


_EXACT: Mapping[str, frozenset[str]] = {
    "general": frozenset(GENERAL),
    "media": frozenset(MEDIA),
    "media_plural": frozenset(MEDIA),
    "numbers": frozenset({"decimal_mark"}),
    "places": frozenset(PLACES),
}


def _check_templates(catalogue: Catalogue) -> None:
    for template in [*catalogue.abstentions.values(), *catalogue.findings.values()]:
        fields(template)
    for code, template in catalogue.general.items():
        unknown = fields(template) - GENERAL[code]
        if unknown:
            raise Internal(f"sentence {code!r} of the explanation catalogue uses {sorted(unknown)}, which nobody gives")


@functools.cache
def _files() -> Mapping[str, Traversable]:
    found: Iterator[Traversable] = resources.files("fusion_svc").joinpath("catalogues").iterdir()
    return {file.name.removesuffix(_SUFFIX): file for file in found if file.name.endswith(_SUFFIX)}


@functools.cache
def _load(language: str) -> Catalogue:
    return parse(_files()[language].read_bytes())
