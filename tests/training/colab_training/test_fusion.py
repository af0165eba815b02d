"""Which cues are fitted, and where labels begin."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training import fusion
from colab_training.evidence_table import EvidenceOf
from colab_training.fusion_card import notes, write_model
from colab_training.fusion_fit import FitItems, FitSettings
from colab_training.manifest import Sample
from fusion_svc.model import is_measured, read_fusion_model
from kit.models.card import load_model
from telltale.common.v1 import evidence_pb2


def finding(cue: str, ratio: float) -> evidence_pb2.Evidence:
    return evidence_pb2.Evidence(cue=cue, finding=evidence_pb2.Finding(log_likelihood_ratio=ratio, quality=1.0))


def labelled(count: int = 200) -> fusion.Labelled:
    """A good cue, a cue that nobody has heard of yet, and metadata."""
    rng = np.random.default_rng(0)
    samples = [Sample(f"swap_dfdc/{n}.jpg", n % 2 == 0, "face_swap", "calibration", str(n)) for n in range(count)]
    table = []
    for sample in samples:
        sign = 1.0 if sample.fake else -1.0
        cues = {"face_spatial": rng.normal(sign, 1.4), "brand_new": rng.normal(sign, 1.4), "provenance": sign}
        table.append(EvidenceOf(evidence=[finding(cue, ratio) for cue, ratio in cues.items()]))
    return fusion.Labelled(samples, table)


def test_every_cue_with_an_opinion_is_fitted_but_those_weighed_by_hand() -> None:
    assert fusion.measured_cues(labelled().table) == ["brand_new", "face_spatial"]


def test_a_fit_gives_parameters_that_fusion_accepts() -> None:
    parameters = fusion.fit(labelled(), FitSettings(copies=1)).parameters().kinds["image"]
    assert parameters.weights["brand_new"] > 0.3
    assert parameters.weights["provenance"] == 0.6
    assert parameters.labels.authentic < 0 < parameters.labels.suspicious <= parameters.labels.manipulated


def test_what_is_written_is_what_fusion_reads(tmp_path: Path) -> None:
    found = labelled(40)
    fitted = fusion.fit(found, FitSettings(copies=1))
    write_model(fitted, found.samples, found.samples, found.table, "ab" * 32, {"swap_dfdc"}, tmp_path / "9.9.9")
    model = read_fusion_model(load_model(tmp_path / "9.9.9"))
    assert model.parameters == fitted.parameters()
    assert is_measured(model.operating_points["image_authentic"])
    assert not is_measured(model.operating_points["video_authentic"])
    assert "not measured" in (tmp_path / "9.9.9" / "CARD.md").read_text(encoding="utf-8")


def test_labels_begin_where_few_real_pictures_and_few_fakes_are_left() -> None:
    fake = np.arange(2000) >= 1000
    log_odds = np.concatenate([np.linspace(-2, 2, 1000), np.linspace(-2, 2, 1000)])
    ones = np.ones(2000)
    limits = fusion.thresholds(
        FitItems(log_odds[:, None], fake, ones, ones, fake.astype(str)), ["one"] * 2000, log_odds
    )
    assert limits["suspicious"] == pytest.approx(1.8, abs=0.02)
    assert limits["manipulated"] == pytest.approx(1.96, abs=0.02)
    assert limits["authentic"] == pytest.approx(-1.6, abs=0.02)


def test_real_pictures_of_a_small_source_are_not_accused_more_often_than_others() -> None:
    fake = np.arange(2100) >= 1100
    log_odds = np.concatenate([np.linspace(-2, 1, 1000), np.linspace(-2, 4, 100), np.linspace(-2, 4, 1000)])
    names, ones = ["large"] * 1000 + ["small"] * 100 + ["fakes"] * 1000, np.ones(2100)
    limits = fusion.thresholds(FitItems(log_odds[:, None], fake, ones, ones, fake.astype(str)), names, log_odds)
    assert (log_odds[1000:1100] >= limits["suspicious"]).mean() <= 0.06


def test_the_card_says_which_sources_no_detector_learned_from() -> None:
    samples = [Sample(f"{name}/1.jpg", True, "gan", "calibration", "g") for name in ("swap_dfdc", "gan_genphotos")]
    assert "No detector learned from `gan_genphotos`, used" in notes(samples, {"swap_dfdc"})
    assert "No detector" not in notes(samples, {"swap_dfdc", "gan_genphotos"})
