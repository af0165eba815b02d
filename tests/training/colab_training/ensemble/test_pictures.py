"""The section of photos."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.ensemble.pictures import FittedPictures, Pictures, fit_pictures, measured_cues
from colab_training.evidence_table import EvidenceOf
from colab_training.manifest import Sample
from fusion_svc.fuse import weigh
from telltale.common.v1 import media_pb2
from tests.support.fusion import a_finding


def pictures(count: int = 300, source: str = "swap_dfdc", gap: float = 1.0, side_px: int = 224) -> Pictures:
    """A good cue, a cue that nobody has heard of yet, and metadata; `gap` is how much they say."""
    rng = np.random.default_rng(count)
    samples = [
        Sample(f"{source}/{n}.jpg", n % 2 == 0, "face_swap", "calibration", f"{source} {n}") for n in range(count)
    ]
    media = media_pb2.MediaInfo(size_bytes=20_000, width_px=side_px, height_px=side_px + 10)
    table = []
    for sample in samples:
        sign = gap if sample.fake else -gap
        cues = {"face_spatial": rng.normal(sign, 1.4), "brand_new": rng.normal(sign, 1.4), "provenance": sign}
        table.append(EvidenceOf(media=media, evidence=[a_finding(cue, ratio) for cue, ratio in cues.items()]))
    return Pictures(samples, table)


def both(one: Pictures, other: Pictures) -> Pictures:
    return Pictures([*one.samples, *other.samples], [*one.table, *other.table])


NOBODY = Pictures([], [])


@pytest.fixture(scope="module")
def fitted() -> FittedPictures:
    return fit_pictures(both(pictures(), pictures(60, "portraits", gap=0.2, side_px=400)), NOBODY)


def test_every_cue_with_an_opinion_is_fitted_but_those_weighed_by_hand() -> None:
    assert measured_cues(pictures(10).table) == ["brand_new", "face_spatial"]


def test_labels_are_in_order_and_every_set_of_tests_has_weights(fitted: FittedPictures) -> None:
    parameters = fitted.parameters
    assert parameters.labels.authentic < 0 < parameters.labels.suspicious <= parameters.labels.manipulated
    assert {frozenset(own.tests) for own in parameters.patterns} == {
        frozenset(["face_spatial"]),
        frozenset(["brand_new"]),
        frozenset(["brand_new", "face_spatial"]),
    }
    assert parameters.weights["provenance"] == 1.0


def test_thresholds_count_what_tests_weighed_by_hand_say() -> None:
    own = pictures(40)
    said = [row.evidence[2].finding.log_likelihood_ratio for row in own.table]
    assert own.rest == pytest.approx(said)
    assert fit_pictures(own, NOBODY).log_odds[own.fake].mean() > 1.0


def test_what_is_fitted_is_what_is_served(fitted: FittedPictures) -> None:
    small = pictures(40, "others")
    served = np.array([weigh(row.evidence, fitted.parameters, row.media).log_odds for row in small.table])
    declared = np.array([row.evidence[2].finding.log_likelihood_ratio for row in small.table])
    (pattern,) = [own for own in fitted.parameters.patterns if len(own.tests) == 2]
    opinions = small.opinions(pattern.tests)
    expected = opinions.ratios @ [pattern.weights[cue] for cue in pattern.tests] + pattern.prior_log_odds
    assert served - declared == pytest.approx(expected)


def test_tests_count_less_in_large_pictures_where_they_accuse_more_real_ones(fitted: FittedPictures) -> None:
    large = fitted.parameters.large_pictures
    assert large is None or large.factor < 1
    wild = fit_pictures(both(pictures(), pictures(60, "portraits", gap=-1.5, side_px=400)), NOBODY)
    assert wild.parameters.large_pictures is not None
    assert wild.parameters.large_pictures.factor < 0.9


def test_no_source_is_accused_more_often_than_promised(fitted: FittedPictures) -> None:
    for source in ("swap_dfdc", "portraits"):
        real = fitted.log_odds[~fitted.table.fake & (fitted.table.sources == source)]
        assert (real >= fitted.parameters.labels.suspicious).mean() <= 0.05


def test_real_pictures_of_new_sources_raise_thresholds_and_no_weight() -> None:
    more = pictures(120, "new", gap=-2.0)
    own = fit_pictures(pictures(), Pictures(more.samples[1::2], more.table[1::2]))
    before = fit_pictures(pictures(), NOBODY)
    assert own.parameters.patterns == before.parameters.patterns
    assert own.parameters.labels.suspicious > before.parameters.labels.suspicious


def test_an_all_clear_that_means_nothing_counts_for_nothing() -> None:
    evidence = [a_finding("region_consistency", -1.0), a_finding("jpeg_history", 1.0)]
    sample = Sample("splices/1.jpg", False, "splice", "calibration", "1")
    assert Pictures([sample], [EvidenceOf(evidence=evidence)]).rest == pytest.approx([0.3])
