"""The numbers of the accuracy benchmark."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from bench.accuracy import measure
from tests.training.bench.accuracy.made_up import judged


def test_a_cue_is_measured_where_it_has_an_opinion_and_the_fused_score_everywhere() -> None:
    quality = measure.quality(judged())
    assert (quality["good"]["all"].reals, quality["good"]["all"].fakes) == (9, 9)
    assert quality["good"]["all"].measures["auc"].value == 1.0
    assert quality["bad"]["all"].measures["auc"].value == 0.5
    assert quality[measure.FUSED]["all"].reals == 10
    assert quality[measure.FUSED]["swap_dfdc"].measures["auc"].value == 0.995


def test_rates_that_too_few_real_pictures_can_tell_are_left_away() -> None:
    measures = measure.quality(judged())[measure.FUSED]["all"].measures
    assert "tpr_at_1_percent" not in measures
    assert {"auc", "eer", "ece"} <= measures.keys()


def test_an_abstention_is_no_opinion() -> None:
    values = measure.opinions(judged(), "good")
    assert np.flatnonzero(np.isnan(values)).tolist() == [0, 19]


def test_a_kind_with_several_sources_is_a_slice_of_its_own() -> None:
    made = judged()
    other = [s.__class__(s.file.replace("swap_dfdc", "other"), s.fake, s.kind, s.part, s.group) for s in made.samples]
    slices = measure.slices([*made.samples, *other])
    assert slices["all face_swap"].size == 40
    assert "all face_swap" not in measure.slices(made.samples)


def test_false_alarms_count_real_pictures_only() -> None:
    alarms = measure.false_alarms(judged())
    assert alarms["all"]["manipulated"].value == 0.1
    assert alarms["swap_dfdc"]["suspicious_or_worse"].items == 10


def test_abstentions_are_counted_by_cue() -> None:
    assert measure.abstained(judged())["good"].value == 0.1
    assert measure.abstained(judged())["bad"].value == 0.0


def test_labels_are_counted_by_source_and_class() -> None:
    assert measure.labels(judged())["swap_dfdc real"] == {"AUTHENTIC": 9, "MANIPULATED": 1}
