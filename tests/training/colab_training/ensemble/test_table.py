"""Tables of opinions."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.ensemble.table import joined
from tests.training.colab_training.ensemble.made_up import table


def test_dropping_takes_up_to_so_many_opinions_and_never_all() -> None:
    whole = table()
    spoke = (~np.isnan(whole.ratios)).sum(axis=1)
    left = (~np.isnan(whole.dropped(2, np.random.default_rng(0)).ratios)).sum(axis=1)
    assert left.min() == 1
    assert (spoke - left).max() == 2
    assert (spoke == left).any()


def test_dropping_changes_no_opinion_that_stays() -> None:
    whole = table()
    fewer = whole.dropped(2, np.random.default_rng(0)).ratios
    kept = ~np.isnan(fewer)
    assert (fewer[kept] == whole.ratios[kept]).all()


def test_classes_count_alike_and_small_sources_more_than_their_share() -> None:
    own = table()
    shares = own.source_shares
    assert shares[own.fake].mean() == pytest.approx(1.0)
    assert shares[own.sources == "small"].mean() > shares[own.sources == "large"].mean()


def test_a_part_and_some_tests_keep_their_places() -> None:
    own = table()
    part = own.part(np.array([5, 3])).of(["guess"])
    assert part.ratios[:, 0].tolist() == own.ratios[[5, 3], 2].tolist()
    assert part.groups.tolist() == ["2", "1"]


def test_joined_tables_follow_one_another() -> None:
    assert len(joined([table(20), table(30)])) == 50
