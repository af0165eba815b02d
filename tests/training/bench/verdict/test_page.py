"""The page of verdicts says what was measured, and where it fails."""

from __future__ import annotations

import dataclasses

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from bench.verdict.__main__ import accuracy
from bench.verdict.findings import Findings, limits
from bench.verdict.kinds import Kind
from bench.verdict.numbers import ALL, measure
from bench.verdict.page import page
from bench.verdict.rivals import FUSION, best_test, rivals
from colab_training.ensemble.calibrate import compare_scales
from colab_training.ensemble.compare import compare
from colab_training.ensemble.conformal import promise
from colab_training.ensemble.methods import AVERAGE, METHODS, SINGLE
from colab_training.ensemble.missing import without
from colab_training.metrics import Estimate
from fusion_svc.model import Thresholds
from telltale.fusion.v1 import fusion_service_pb2
from tests.support.fusion import PARAMETERS, PHOTO, a_finding, all_kinds
from tests.training.colab_training.ensemble.made_up import table

# It accuses at once.
RASH = PARAMETERS.model_copy(update={"labels": Thresholds(manipulated=2.0, suspicious=0.1, authentic=-1.0)})


def kind(name: str) -> Kind:
    """Media with two tests that the parameters know."""
    learned, val = (
        dataclasses.replace(table(120, seed).of(["best", "good"]), cues=("alpha", "beta")) for seed in (0, 1)
    )
    requests = [
        fusion_service_pb2.FuseRequest(
            media=PHOTO,
            evidence=[a_finding(cue, own) for cue, own in zip(val.cues, row, strict=True) if not np.isnan(own)],
        )
        for row in val.ratios
    ]
    return Kind(name, learned, val, requests, RASH)


@pytest.fixture(scope="module")
def findings() -> Findings:
    own = kind("image")
    measured = measure(own.judged())
    return Findings(
        version="9.9.9",
        parameters=all_kinds(),
        measured={ALL: measured, "image": measured},
        rivals={ALL: rivals([own]), "image": rivals([own])},
        best_tests={"image": best_test(own)},
        compared={"image": compare(own.learned, {name: METHODS[name] for name in (AVERAGE, SINGLE)})},
        scales={"image": compare_scales(own.learned, own.learned.heard[:, 0])},
        without={"image": without(own.weighed, own.judged)},
        promises={"image": [promise("large", np.linspace(-1, 1, 80), 0.05)]},
        left_out={"as they are": {AVERAGE: 0.6, FUSION: 0.7}},
        voices={"as filed": Estimate(0.9, 0.8, 0.95, 20)},
    )


def test_fusion_is_held_against_its_rivals_on_the_same_media(findings: Findings) -> None:
    found = findings.rivals["image"]
    assert found.areas[FUSION].value - found.areas[SINGLE].value == pytest.approx(found.ahead[SINGLE].value)
    assert found.ahead[SINGLE].low <= found.ahead[SINGLE].value <= found.ahead[SINGLE].high


def test_the_best_single_test_is_chosen_where_fusion_learned(findings: Findings) -> None:
    assert findings.best_tests == {"image": "alpha"}


def test_the_page_has_every_part(findings: Findings) -> None:
    text = page(findings, "verdict/reliability.png")
    heads = (
        "labels are given",
        "accused, by source",
        "was promised",
        "what is simpler",
        "Methods compared",
        "taken away",
        "has not met",
    )
    assert all(head in text for head in heads)
    assert "![Reliability diagrams](verdict/reliability.png)" in text
    assert "| alpha, beta | 0.500 |" in text


def test_a_source_above_the_bar_is_named_among_the_failures(findings: Findings) -> None:
    worst = max(findings.measured["image"].false_alarms.items(), key=lambda entry: entry[1].value)
    assert worst[1].value > 0.05
    assert any(f"Real media of {worst[0]} (photos): {worst[1].value:.1%}" in line for line in limits(findings))


def test_the_document_of_the_web_page_has_kinds_apart_and_together(findings: Findings) -> None:
    document = accuracy(findings, "2026-11-23")
    assert list(document) == ["fusion_version", "measured", "kinds", "all", "limits"]
    assert list(document["kinds"]) == ["image"]
