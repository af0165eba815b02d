"""Figures hold each kind of fake against the real clips of its split, and count only clips with a number."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the training environment is not installed")

from colab_training.video.clip_set import REENCODED
from colab_training.video.figures import MADE, by_file, clip_metrics, family
from tests.training.colab_training.video.made_up import a_tag, clips


def test_a_file_counts_as_its_most_suspicious_clip() -> None:
    tags = [a_tag(name="a"), a_tag(name="a"), a_tag(name="a", variant=1), a_tag(name="b")]
    found, values = by_file(tags, np.array([0.5, 2.0, 1.0, np.nan]))
    assert [(tag.file, tag.variant) for tag in found] == [("real/grid_s1__a.mp4", 0), ("real/grid_s1__a.mp4", 1)]
    assert values.tolist() == [2.0, 1.0]


def test_kinds_are_held_against_all_real_clips_of_their_split() -> None:
    tags = [
        *(a_tag(name=str(number)) for number in range(4)),
        a_tag(fake=True, kind="talking_head"),
        a_tag(fake=True, kind="lip_resync"),
        a_tag(split="val"),
        a_tag(split="val", fake=True, kind="lip_resync"),
    ]
    made = clips([a_tag(made=REENCODED), a_tag(fake=True, made="own_face")])
    raw = np.array([0, 0, 0, 0, 1, -1, 0, 1.0])
    rows = {(row.dataset, row.split): row for row in clip_metrics(made, np.array([0.0, 1.0]), clips(tags), raw)}
    assert {key: row.value for key, row in rows.items()} == {
        (MADE, "train"): 1,
        ("all", "train"): 0.5,
        ("talking_head", "train"): 1,
        ("lip_resync", "train"): 0,
        ("all", "val"): 1,
        ("lip_resync", "val"): 1,
    }
    assert rows["talking_head", "train"].items == 5


def test_clips_without_a_number_and_splits_of_one_class_are_left_out() -> None:
    recorded = clips([a_tag(), a_tag(fake=True), a_tag(fake=True), a_tag(split="val")])
    made = clips([a_tag(made=REENCODED), a_tag(fake=True, made="own_face")])
    rows = clip_metrics(made, np.array([0.0, 1.0]), recorded, np.array([0.0, 1.0, np.nan, 0.0]))
    assert {(row.dataset, row.split): row.items for row in rows} == {
        (MADE, "train"): 2,
        ("all", "train"): 2,
        ("talking_head", "train"): 2,
    }


@pytest.mark.parametrize(
    ("kind", "name"), [("swap_or_reenact_faceswap", "swap_or_reenact"), ("talking_head", "talking_head")]
)
def test_swaps_and_reenactments_are_one_family(kind: str, name: str) -> None:
    assert family(kind) == name
