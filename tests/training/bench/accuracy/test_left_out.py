"""Trainings without one source."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from bench.accuracy.left_out import CONFIGS, LEFT_OUT, RECIPES, without
from colab_training.settings import load_settings

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize("source", LEFT_OUT)
def test_a_source_left_out_is_neither_a_real_nor_a_fake_and_the_rest_stays(source: str) -> None:
    settings = load_settings(ROOT / CONFIGS / "ours.toml")
    own = without(settings, source)
    assert source not in {**own.shares.real, **own.shares.fake}
    assert own.shares.real.keys() | {source} == settings.shares.real.keys() | {source}
    assert own.training == settings.training


def test_both_recipes_differ_in_nothing_but_what_is_compared() -> None:
    plain, ours = (load_settings(ROOT / CONFIGS / f"{recipe}.toml") for recipe in RECIPES)
    assert (plain.training, plain.network, plain.seed) == (ours.training, ours.network, ours.seed)
    assert (plain.shares.real, plain.shares.fake) == (ours.shares.real, ours.shares.fake)
    assert plain.shares.blend == 0 < ours.shares.blend
    assert not plain.equalise_first
