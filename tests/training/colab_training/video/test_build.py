"""Whose face a swap takes, and when clips are cut anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.build import Order, Recipe, cache_key, donor_of, recorded
from colab_training.video.manifest import Clip
from tests.training.colab_training.video.made_up import a_file

MODELS = Path(__file__).parents[4] / "models"
FILES = [a_file(source, name=str(number)) for source in ("grid_s1", "float", "ffpp") for number in range(3)]
RECIPE = Recipe(2, 1, seed=5)


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "manifest.csv").write_text("file,label,kind,source,has_audio,split\n", encoding="utf-8")
    return Order(tmp_path, MODELS, FILES[0], FILES[3], RECIPE)


@pytest.mark.parametrize("clip", FILES)
def test_a_donor_is_of_another_source(clip: Clip) -> None:
    assert donor_of(clip, FILES, 5).source != clip.source


def test_a_donor_does_not_depend_on_the_order_of_files_nor_change_when_others_are_left_out() -> None:
    donor = donor_of(FILES[0], FILES, 5)
    assert donor_of(FILES[0], FILES[::-1], 5) == donor
    assert donor_of(FILES[0], [FILES[0], donor], 5) == donor


def test_where_there_is_one_source_a_donor_is_at_least_another_file() -> None:
    assert donor_of(FILES[0], FILES[:3], 5) in FILES[1:3]


def test_the_same_orders_are_kept_under_the_same_name(order: Order) -> None:
    assert cache_key([order]) == cache_key([replace(order)])


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": replace(RECIPE, fakes=3)},
        {"recipe": replace(RECIPE, seed=6)},
        {"donor": FILES[4]},
        {"clip": FILES[1]},
    ],
)
def test_other_orders_are_kept_under_another_name(order: Order, change: dict[str, object]) -> None:
    assert cache_key([replace(order, **change)]) != cache_key([order])  # type: ignore[arg-type]


def test_a_changed_manifest_is_another_name(order: Order) -> None:
    before = cache_key([order])
    (order.folder / "manifest.csv").write_text("file,label,kind,source,split\n", encoding="utf-8")
    assert cache_key([order]) != before


def test_an_empty_manifest_is_refused(order: Order, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "manifest.csv").rename(tmp_path / "data" / "manifest.csv")
    (tmp_path / "data").rename(tmp_path / "av")
    with pytest.raises(ValueError, match="no clip"):
        recorded(tmp_path, MODELS, tmp_path / "cache")
