"""The notebook's table of evidence says what the cues said."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.fusion_report import Fused, evidence_figure, weights_figure
from colab_training.manifest import Sample
from fusion_svc.model import KindParameters
from kit.convert.evidence import finding
from telltale.fusion.v1 import fusion_service_pb2

PARAMETERS = KindParameters.model_validate(
    {
        "prior_log_odds": 0.0,
        "weights": {"frequency": 0.5, "face_spatial": 1.0},
        "labels": {"manipulated": 2.0, "suspicious": 1.0, "authentic": -1.0},
        "min_evidence": 0.4,
        "conflict": 1.0,
        "cues": ["face_spatial", "frequency"],
    }
)


@pytest.fixture
def found() -> Fused:
    ratios = (2.0, 4.0, -1.0)
    evidence = [finding("face_spatial", ratio, 0.5, "face_texture_natural", {}) for ratio in ratios]
    table = [fusion_service_pb2.FuseRequest(evidence=[entry]) for entry in evidence]
    samples = [Sample(f"source/{n}.jpg", n < 2, "kind", "val", str(n)) for n in range(3)]
    return Fused(samples, table, PARAMETERS, np.array([1.0, 2.0, -0.5]))


def test_evidence_is_averaged_by_source_and_class(found: Fused) -> None:
    axes = evidence_figure(found).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["source real", "source fake"]
    assert [text.get_text() for text in axes.texts] == ["-0.50", "+0.00", "+1.50", "+0.00"]


def test_every_weight_has_a_bar(found: Fused) -> None:
    bars = weights_figure(found).axes[0].patches
    assert [bar.get_width() for bar in bars] == [1.0, 0.5]
