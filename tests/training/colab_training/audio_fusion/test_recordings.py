"""Recordings as fusion meets them."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.audio_fusion.recordings import Recording, single, spliced, strung
from fusion_svc.timeline import seconds
from tests.training.colab_training.audio_fusion.made_up import FAKES, SMALL, judgements, settings


def test_a_single_recording_is_one_window_of_three_seconds() -> None:
    judgement = judgements()[0]
    finding = single(judgement).evidence.finding
    (span,) = finding.spans
    assert (seconds(span.start), seconds(span.end)) == (0.0, 3.0)
    assert span.log_likelihood_ratio == pytest.approx(judgement.log_likelihood_ratio)
    assert finding.quality == 0.75


def test_windows_that_lie_across_two_pieces_are_given_their_mean() -> None:
    spans = Recording("s", True, "train", "", (-1.0, 3.0)).evidence.finding.spans
    assert [seconds(span.start) for span in spans] == [0.0, 1.5, 3.0]
    assert [span.log_likelihood_ratio for span in spans] == [-1.0, 1.0, 3.0]


def test_long_recordings_are_strung_of_one_source_and_take_no_recording_twice() -> None:
    found = strung(judgements(), settings())
    assert {len(entry.ratios) for entry in found} == {2, 5, 10, 20}
    own = [round(entry.log_likelihood_ratio, 9) for entry in judgements() if entry.source == SMALL and not entry.damage]
    for entry in (entry for entry in found if entry.source == SMALL and not entry.damage):
        assert {round(ratio, 9) for ratio in entry.ratios} <= set(own)
        assert len(set(entry.ratios)) == len(entry.ratios)


def test_sources_with_too_few_recordings_are_not_strung_to_long_ones() -> None:
    few = [entry for entry in judgements() if int(entry.file.split("/")[1].split(".")[0]) < 6]
    assert {len(entry.ratios) for entry in strung(few, settings())} == {2, 5}


def test_a_spliced_recording_is_real_but_for_one_piece() -> None:
    said = {round(entry.log_likelihood_ratio, 9) for entry in judgements() if entry.source == FAKES}
    for entry in spliced(judgements(), settings()):
        assert entry.fake
        assert entry.source != FAKES
        assert [round(ratio, 9) in said for ratio in entry.ratios].index(True) == entry.fake_piece


def test_the_same_seed_draws_the_same_recordings() -> None:
    first, again = (strung(judgements(), settings()) for _ in range(2))
    assert np.array_equal([entry.ratios[0] for entry in first], [entry.ratios[0] for entry in again])
