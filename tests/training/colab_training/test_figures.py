"""Figures show what they were given."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the training environment is not installed")

from matplotlib.figure import Figure

from colab_training.figures import MappedFace, courses, maps, png, reliability, roc, tiles
from colab_training.manifest import Sample

SAMPLES = [Sample(f"{source}/{n}.jpg", n % 2 == 0, "kind", "val", str(n)) for source in "ab" for n in range(10)]


def test_a_perfect_test_has_a_curve_through_the_corner() -> None:
    axes = Figure().subplots()
    roc(axes, SAMPLES, np.array([float(sample.fake) for sample in SAMPLES]), "title")
    curve = axes.get_lines()[0].get_xydata()
    assert [0.0, 1.0] in curve.tolist()
    assert [line.get_label() for line in axes.get_lines()[:3]] == ["all (10 fakes)", "a (5 fakes)", "b (5 fakes)"]


def test_reliability_shows_the_share_of_fakes_where_the_probability_is() -> None:
    axes = Figure().subplots()
    reliability(axes, np.array([True, True, True, False]), np.full(4, np.log(3.0)), "title")
    assert axes.get_lines()[1].get_xydata().tolist() == [[pytest.approx(0.75), 0.75]]


def test_a_course_is_one_plot_for_each_quantity() -> None:
    figure = courses({"loss": [0.7, 0.6], "auc": [0.5, 0.8]}, "model")
    assert [axes.get_title() for axes in figure.axes] == ["model: loss", "model: auc"]


def test_maps_and_tiles_become_pictures() -> None:
    crop = np.zeros((40, 40, 3), np.uint8)
    face = MappedFace(crop, np.zeros((3, 3), np.float32), "fake")
    assert all(png(figure).startswith(b"\x89PNG") for figure in (maps([face]), maps([]), tiles([("a", crop)])))
