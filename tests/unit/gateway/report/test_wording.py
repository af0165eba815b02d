from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

from gateway.report.wording import spoken, wording
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2

FILES = sorted(Path("gateway/report/catalogues").glob("*.json"))
LANGUAGES = [file.stem for file in FILES]
ENGLISH, GERMAN = wording("en"), wording("de")


def fields(texts: Mapping[str, str]) -> dict[str, set[str]]:
    """Which values each text uses."""
    return {code: {name for _, name, _, _ in Formatter().parse(text) if name} for code, text in texts.items()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_sorted_and_has_no_entry_twice(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_codes_and_the_same_values(language: str) -> None:
    other = wording(language)
    for section in ("cues", "kinds", "labels"):
        assert getattr(other, section).keys() == getattr(ENGLISH, section).keys()
    assert fields(other.texts) == fields(ENGLISH.texts)


def test_every_text_is_said_somewhere() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in Path("gateway/report").rglob("*.[ph]*"))
    said = set(re.findall(r'["\']([a-z_0-9]+)["\']', code)) | {f"limit_{name}" for name in re.findall(r'"(\w+)"', code)}
    assert ENGLISH.texts.keys() - said == set()


def test_every_language_of_explanations_is_one_of_reports() -> None:
    assert sorted(file.stem for file in Path("fusion_svc/catalogues").glob("*.json")) == LANGUAGES


def test_a_language_without_a_catalogue_and_a_record_that_names_none_get_english() -> None:
    assert [spoken(tag) for tag in ("de", "en", "", "tlh", "../en")] == ["de", "en", "en", "en", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_has_words(language: str) -> None:
    words = {wording(language).label(label) for label in verdict_pb2.Label.values() if label}
    assert len(words) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_test_that_the_explanation_can_name_has_a_name_here(language: str) -> None:
    explained = json.loads(Path("fusion_svc/catalogues/en.json").read_text(encoding="utf-8"))["cues"]
    assert [cue for cue in explained if not wording(language).cue_purpose(cue)] == []


def test_an_unknown_test_goes_by_its_identifier() -> None:
    assert ENGLISH.cue_name("new_test") == "New test"
    assert ENGLISH.cue_purpose("new_test") == ""


def test_a_kind_that_is_not_set_is_a_file() -> None:
    assert ENGLISH.kind(media_pb2.MEDIA_KIND_UNSPECIFIED) == "file"
    assert GERMAN.several("") == "Dateien"


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(0, "0:00.0"), (59.96, "1:00.0"), (64.25, "1:04.2"), (3600, "1:00:00.0"), (-1, "0:00.0")],
)
def test_moments_are_written_as_on_a_clock(time_s: float, text: str) -> None:
    assert ENGLISH.clock(time_s) == text
    assert GERMAN.clock(time_s) == text.replace(".", ",")


def test_numbers_carry_their_sign() -> None:
    assert (ENGLISH.signed(1.005), ENGLISH.signed(-0.5)) == ("+1.00", "−0.50")
    assert GERMAN.signed(-0.5) == "−0,50"


def test_shares_and_risks_are_written_as_each_language_does() -> None:
    assert (ENGLISH.percent(0.125), ENGLISH.risk(95)) == ("12.5%", "95.0 of 100")
    assert (GERMAN.percent(0.125), GERMAN.risk(95)) == ("12,5 %", "95,0 von 100")


@pytest.mark.parametrize(
    ("count", "text"), [(9, "9 bytes"), (74_037, "74.0 kB (74,037 bytes)"), (2_000_000, "2.0 MB (2,000,000 bytes)")]
)
def test_lengths_are_for_people_and_exact(count: int, text: str) -> None:
    assert ENGLISH.size(count) == text


def test_a_german_length_has_german_marks() -> None:
    assert GERMAN.size(74_037) == "74,0 kB (74.037 Bytes)"


def test_sentences_of_a_record_are_retold_and_those_of_others_left_alone() -> None:
    assert GERMAN.retold(ENGLISH.say("limit_caption")) == GERMAN.say("limit_caption")
    assert GERMAN.retold("Something else.") == "Something else."
