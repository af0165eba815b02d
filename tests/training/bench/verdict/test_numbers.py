"""What is said of judged media."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from bench.verdict.numbers import Measured, measure
from colab_training.ensemble.verdicts import Judged


@pytest.fixture(scope="module")
def measured() -> Measured:
    fake = np.array([True, False] * 20)
    log_odds = np.where(fake, 3.0, -3.0)
    labels = np.where(fake, "manipulated", "authentic").astype("U12")
    log_odds[[1, 3]], labels[[1, 3]] = (4.0, 0.1), ("suspicious", "inconclusive")
    sources = np.array(["studio" if n < 8 else "street" for n in range(40)])
    return measure(Judged(fake, sources, log_odds, labels))


def test_labels_are_counted_by_truth(measured: Measured) -> None:
    assert measured.labels["manipulated"] == {"authentic": 0, "manipulated": 20}
    assert measured.labels["authentic"] == {"authentic": 18, "manipulated": 0}
    assert measured.inconclusive.value == 1 / 40


def test_false_alarms_are_of_real_media_by_source(measured: Measured) -> None:
    found = {name: (own.value, own.items) for name, own in measured.false_alarms.items()}
    assert found == {"street": (0.0, 16), "studio": (0.25, 4)}


def test_filled_tenths_of_the_probability_are_kept(measured: Measured) -> None:
    assert [own.items for own in measured.reliability] == [18, 1, 21]
    assert measured.reliability[-1].observed == pytest.approx(20 / 21)


def test_the_document_has_what_the_page_reads(measured: Measured) -> None:
    document = measured.document()
    assert (document["authentic_items"], document["manipulated_items"]) == (20, 20)
    assert document["false_alarms_by_source"][1]["suspicious_or_worse"] == 0.25
    assert document["auc"]["low"] <= document["auc"]["value"] <= document["auc"]["high"]
    assert set(document["reliability"][0]) == {"forecast", "observed", "items"}
