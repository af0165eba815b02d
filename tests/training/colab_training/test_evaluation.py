"""Figures per source, and the card that tells them."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.card_text import card_markdown
from colab_training.evaluation import card_metrics, kind_index, source_auc, source_index, sources
from colab_training.licences import training_data
from colab_training.manifest import Sample
from telltale.model.v1 import card_pb2


def made_up() -> tuple[list[Sample], np.ndarray]:
    """Twenty pictures of each class of two sources; only the fakes of "swap_dfdc" look different."""
    rng = np.random.default_rng(0)
    names = ("swap_dfdc", "stylegan2_tpdne")
    samples = [Sample(f"{name}/{n}.jpg", n % 2 == 0, "kind", "val", str(n)) for name in names for n in range(40)]
    return samples, np.array([3.0 * (s.fake and s.source == "swap_dfdc") for s in samples]) + rng.normal(0, 0.1, 80)


def test_sources_are_measured_apart() -> None:
    samples, values = made_up()
    areas = source_auc(samples, values)
    assert areas["swap_dfdc"].value == 1.0
    assert 0.25 < areas["stylegan2_tpdne"].value < 0.75
    assert areas["swap_dfdc"].items == 40
    assert areas["all"].items == 80


def test_fakes_without_real_pictures_borrow_those_that_look_alike() -> None:
    samples = made_up()[0] + [Sample("diffusion_sd3/1.png", True, "diffusion", "val", "d")]
    index = source_index(samples, "diffusion_sd3")
    assert [samples[i].source for i in index if not samples[i].fake] == ["stylegan2_tpdne"] * 20
    assert sources(samples)[-1] == "diffusion_sd3"


def test_a_kind_holds_the_fakes_of_all_its_sources() -> None:
    samples = [
        *(Sample(f"{name}/{n}.jpg", n < 2, "gan", "val", str(n)) for name in ("a", "b") for n in range(5)),
        Sample("c/1.jpg", True, "face_swap", "val", "c"),
        Sample("c/2.jpg", False, "face_swap", "val", "c"),
    ]
    assert [samples[i].source for i in kind_index(samples, "gan")] == ["a"] * 5 + ["b"] * 5
    assert kind_index(samples, "face_swap").tolist() == [10, 11]


def test_the_card_for_people_says_what_the_message_says() -> None:
    samples, values = made_up()
    card = card_pb2.ModelCard(
        name="thing", version="1.2.3", metrics=card_metrics(samples, values, "val"), limits=["Not for cats."]
    )
    card.training_data.extend(training_data(samples, "0" * 64))
    text = card_markdown(card, "How it works.")
    assert "# thing 1.2.3" in text
    assert "| auc | swap_dfdc | val | 1.000 | 1.000 to 1.000 | 40 |" in text
    assert "- Not for cats." in text
    assert {metric.metric for metric in card.metrics} == {"auc", "eer", "ece"}
