from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.report.words import clock, cue_name, cue_purpose, kind_word, label_words, shown, signed, size
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2


def test_every_label_has_words() -> None:
    words = {label_words(label) for label in verdict_pb2.Label.values() if label}
    assert len(words) == 4


def test_every_test_that_the_explanation_can_name_has_a_name_here() -> None:
    explained = json.loads(Path("fusion_svc/catalogues/en.json").read_text(encoding="utf-8"))["cues"]
    assert [cue for cue in explained if not cue_purpose(cue)] == []


def test_an_unknown_test_goes_by_its_identifier() -> None:
    assert cue_name("new_test") == "New test"
    assert cue_purpose("new_test") == ""


def test_a_kind_that_is_not_set_is_a_file() -> None:
    assert kind_word(media_pb2.MEDIA_KIND_UNSPECIFIED) == "file"


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(0, "0:00.0"), (59.96, "1:00.0"), (64.25, "1:04.2"), (3600, "1:00:00.0"), (-1, "0:00.0")],
)
def test_moments_are_written_as_on_a_clock(time_s: float, text: str) -> None:
    assert clock(time_s) == text


def test_numbers_carry_their_sign() -> None:
    assert (signed(1.005), signed(-0.5)) == ("+1.00", "−0.50")


@pytest.mark.parametrize(
    ("count", "text"), [(9, "9 bytes"), (74_037, "74.0 kB (74,037 bytes)"), (2_000_000, "2.0 MB (2,000,000 bytes)")]
)
def test_lengths_are_for_people_and_exact(count: int, text: str) -> None:
    assert size(count) == text


def test_a_strangers_text_can_neither_hide_nor_grow() -> None:
    assert shown("a\u202eb\x00c\u200bd\ne") == "a�b�c�d�e"
    assert shown("Фото 日本 صورة 👍") == "Фото 日本 صورة 👍"
    assert len(shown("x" * 10_000)) == 400
