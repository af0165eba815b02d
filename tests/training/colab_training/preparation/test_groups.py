"""Groups that share a recording become one, and no group lies on both sides of a split."""

from __future__ import annotations

from colab_training.manifest import Sample
from colab_training.preparation.groups import groups_in_two_splits, joined_groups, split_of


def sample(name: str, group: str, part: str = "fit") -> Sample:
    return Sample(f"source/{name}.jpg", False, "kind", part, group)


def test_groups_are_joined_over_several_pairs() -> None:
    samples = [sample(name, name) for name in "dbca"]
    assert joined_groups(samples, [(0, 1), (1, 2)]) == {"a": "a", "b": "b", "c": "b", "d": "b"}


def test_the_order_of_pairs_does_not_matter() -> None:
    samples = [sample(name, name) for name in "abcdef"]
    pairs = [(0, 5), (1, 4), (4, 5), (2, 3)]
    assert joined_groups(samples, pairs) == joined_groups(samples, pairs[::-1])


def test_without_pairs_groups_stay() -> None:
    assert joined_groups([sample("x", "g"), sample("y", "g")], []) == {"g": "g"}


def test_a_joined_group_in_train_and_val_is_named() -> None:
    samples = [sample("x", "a", "fit"), sample("y", "b", "val"), sample("z", "c", "val")]
    assert groups_in_two_splits(samples, joined_groups(samples, [(0, 1)])) == ["a"]
    assert groups_in_two_splits(samples, joined_groups(samples, [])) == []


def test_fit_and_calibration_are_one_side() -> None:
    samples = [sample("x", "a", "fit"), sample("y", "a", "calibration")]
    assert groups_in_two_splits(samples, {"a": "a"}) == []


def test_a_split_takes_its_share_of_groups() -> None:
    held_back = [split_of(f"group {number}", 0.15) == "val" for number in range(3000)]
    assert abs(sum(held_back) / 3000 - 0.15) < 0.02
