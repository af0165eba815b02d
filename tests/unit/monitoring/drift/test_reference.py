from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.errors import InvalidRequest, NotFound
from monitoring.drift import reference
from monitoring.drift.reference import SHIPPED, make, read, write
from tests.support.predictions import usual, write_log


def test_a_reference_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = make([*usual(300), *usual(300, medium="video", duration_s=4.0)], {"source": "here"})
    write(made, tmp_path / "reference.json")
    held = read(tmp_path / "reference.json")
    assert held == made
    assert set(held.media) == {"photo", "video"}
    assert "duration_s" in held.media["video"].numbers
    assert "duration_s" not in held.media["photo"].numbers


def test_many_values_are_thinned_and_none_is_lost() -> None:
    numbers = make(usual(5000), {}).media["photo"].numbers["megabytes"]
    assert len(numbers.values) <= 200
    assert numbers.size == 5000
    assert numbers.quantile(0.5) == pytest.approx(1.0, rel=0.1)


def test_it_knows_models_labels_and_the_lowest_score_of_each_accusing_label() -> None:
    made = make(usual(1000), {})
    assert made.about["models"] == ["face 1.0.0"]
    assert 95 <= made.media["photo"].thresholds["SUSPICIOUS"] < 96
    assert sum(made.media["photo"].labels.values()) == 1000


def test_recalled_and_few_predictions_make_no_reference() -> None:
    with pytest.raises(InvalidRequest, match="needs 100"):
        make([*usual(99), *usual(500, recalled=True)], {})


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 2}', '{"format": 1, "about": {}, "media": {"photo": {}}}'])
def test_what_is_no_reference_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "reference.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidRequest, match="make it again"):
        read(tmp_path / "reference.json")


def test_a_missing_reference_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"monitoring\.drift\.reference"):
        read(tmp_path / "reference.json")


def test_the_command_makes_one_of_a_log(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", usual(200))
    reference.main(["--log", str(log), "--about", "May", "--out", str(tmp_path / "reference.json")])
    assert read(tmp_path / "reference.json").about["source"] == "May"


def test_the_shipped_reference_says_where_it_is_from() -> None:
    held = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert sum(held["about"]["photos"].values()) == held["media"]["photo"]["predictions"] == 1000
    assert any(model.startswith("face_spatial ") for model in held["about"]["models"])
