"""The page of verdicts says what was measured, and where it fails."""

from __future__ import annotations

import dataclasses

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from bench.verdict.__main__ import accuracy, main, with_others
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


def photos_alone(findings: Findings) -> Findings:
    return dataclasses.replace(
        findings,
        measured={"image": findings.measured["image"]},
        left_out={},
        voices={},
        rivals={"image": findings.rivals["image"]},
    )


def test_a_page_of_photos_alone_says_nothing_of_other_kinds(findings: Findings) -> None:
    text = page(photos_alone(findings), "photos.png")
    assert "fake photos of split val" in text
    assert "bench-verdict-photos" in text
    assert "| videos |" not in text
    assert "recordings |" not in text


def test_numbers_of_other_kinds_stay_when_photos_are_measured_again(findings: Findings) -> None:
    video = {"authentic_items": 3}
    before = {
        "kinds": {"image": {}, "video": video},
        "all": {},
        "limits": ["Probabilities of videos are off by 0.2.", "Probabilities of photos are off by 0.3."],
    }
    document = with_others(accuracy(photos_alone(findings), "2026-11-24"), before)
    assert document["kinds"]["video"] == video
    assert document["kinds"]["image"]["authentic_items"] == 60
    assert "all" not in document
    assert before["limits"][0] in document["limits"]
    assert before["limits"][1] not in document["limits"]


@pytest.mark.parametrize("said", [[], ["--photos", "--clips", "a", "--judgements", "b"], ["--clips", "a"]])
def test_either_all_evidence_is_named_or_photos_alone(said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*said, "--docs", "docs", "--web", "web"])
    assert "or --photos" in capsys.readouterr().err
