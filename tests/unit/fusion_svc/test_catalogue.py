from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fusion_svc.catalogue import catalogue_for, catalogues, fields, parse
from kit.errors import Internal

FOLDER = Path(__file__).parents[3] / "fusion_svc" / "catalogues"
FILES = sorted(FOLDER.glob("*.json"))
LANGUAGES = sorted(catalogues())


def document(**changes: dict[str, str]) -> dict[str, Any]:
    """The English catalogue with sections changed."""
    catalogue = json.loads((FOLDER / "en.json").read_text(encoding="utf-8"))
    return {section: {**entries, **changes.get(section, {})} for section, entries in catalogue.items()}


def read(content: Any) -> None:
    """Parses a catalogue given as a document."""
    parse(json.dumps(content).encode())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_sorted_and_has_no_entry_twice(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_begins_with_a_capital_or_a_value_and_ends_with_a_full_stop(language: str) -> None:
    catalogue = catalogue_for(language)
    for text in [*catalogue.findings.values(), *catalogue.general.values(), *catalogue.abstentions.values()]:
        assert re.match(r"[A-ZÄÖÜ{]", text), text
        assert text.endswith((".", "{reason}", "{finding}")), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_tests_and_places_are_words_within_a_sentence(language: str) -> None:
    catalogue = catalogue_for(language)
    names = [*catalogue.cues.values(), *catalogue.places.values(), *catalogue.terms.values()]
    assert not [name for name in names if not name or name.endswith(".")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_codes_and_the_same_values(language: str) -> None:
    english, other = catalogue_for("en").model_dump(), catalogue_for(language).model_dump()
    for section, entries in english.items():
        assert other[section].keys() == entries.keys(), f"{section}: translate what is new"
        assert {code: fields(text) for code, text in other[section].items()} == {
            code: fields(text) for code, text in entries.items()
        }


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE_ch", "de"),
        ("de-Latn-AT-1996", "de"),
        ("en-GB", "en"),
        ("", "en"),
        ("tlh", "en"),
        ("den", "en"),
        ("../de", "en"),
        ("-", "en"),
    ],
)
def test_the_nearest_language_is_taken_and_english_where_there_is_none(asked: str, given: str) -> None:
    assert catalogue_for(asked) is catalogue_for(given)
    assert catalogue_for(given).media["image"] == {"de": "Foto", "en": "photo"}[given]


@pytest.mark.parametrize("template", ["{", "{0}", "{}", "{a.b}", "{a[b]}", "{a!r}", "{a:>9}"])
def test_a_template_with_more_than_names_is_refused(template: str) -> None:
    with pytest.raises(Internal, match="template"):
        fields(template)


@pytest.mark.parametrize("section", ["findings", "abstentions", "general"])
def test_a_malformed_template_is_found_when_the_catalogue_is_loaded(section: str) -> None:
    code = "finding_for" if section == "general" else "some_code"
    with pytest.raises(Internal, match="more than plain names"):
        read(document(**{section: {code: "{a.b}"}}))


def test_a_general_sentence_must_use_given_values_only() -> None:
    with pytest.raises(Internal, match=r"'finding_for' .* uses \['surprise'\]"):
        read(document(general={"finding_for": "{cue} {surprise}"}))


def test_a_missing_general_sentence_is_found_when_the_catalogue_is_loaded() -> None:
    content = document()
    del content["general"]["advice_authentic"]
    with pytest.raises(Internal, match=r"lacks or exceeds .*advice_authentic"):
        read(content)


def test_a_missing_abstention_is_found_when_the_catalogue_is_loaded() -> None:
    content = document()
    del content["abstentions"]["no_face"]
    with pytest.raises(Internal, match=r"no sentence for the abstentions .*no_face"):
        read(content)


def test_a_file_that_is_no_catalogue_is_refused() -> None:
    with pytest.raises(Internal, match="not valid"):
        parse(b"[]")


def test_a_finding_is_described_only_when_its_code_is_known_and_all_values_are_there() -> None:
    catalogue = catalogue_for("en").model_copy(update={"findings": {"two_eyes": "{left} and {right}."}})
    assert catalogue.describe("two_eyes", {"left": "blue", "right": "green", "more": "x"}) == "blue and green."
    assert catalogue.describe("two_eyes", {"left": "blue"}) is None
    assert catalogue.describe("two_eyes", {"left": "blue", "right": ""}) is None
    assert catalogue.describe("three_eyes", {}) is None


def test_a_value_that_is_nothing_once_it_is_clean_is_as_good_as_missing() -> None:
    catalogue = catalogue_for("en").model_copy(update={"findings": {"made_by": "{name}"}})
    assert catalogue.describe("made_by", {"name": "\u202e\x00 "}) is None


def test_an_excuse_uses_its_parameters_where_they_tell_more() -> None:
    catalogue = catalogue_for("en").model_copy(
        update={"abstentions": {"small": "Small.", "small_detail": "Only {px} pixels."}}
    )
    assert catalogue.excuse("small", {"px": "31"}) == "Only 31 pixels."
    assert catalogue.excuse("small", {}) == "Small."


def test_a_test_without_a_name_goes_by_its_identifier() -> None:
    assert catalogue_for("en").name("never_heard_of") == '"never_heard_of"'
