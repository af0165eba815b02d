from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.lip_sync.cross_fit import CrossFit  # noqa: E402 - needs torch
from colab_training.lip_sync.measure import (  # noqa: E402
    ABOVE_HALF,
    FOUND_40,
    SWAPPED,
    calibration_of,
    metrics_of,
    short_metrics,
    trials_of,
)
from colab_training.lip_sync.network import LipSync  # noqa: E402
from colab_training.lip_sync.tables import tables  # noqa: E402
from colab_training.lip_sync.trials import Embedded, shifted, swapped  # noqa: E402
from kit.models.calibration import log_likelihood_ratio  # noqa: E402
from tests.training.colab_training.lip_sync.made_up import a_talk, settings, talks  # noqa: E402


class Mirror(LipSync):
    """Embeds lips and sound as the four acts that made them."""

    def forward(self, lips: torch.Tensor, sound: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(1, T, 4) each."""
        directions = torch.from_numpy(np.random.default_rng(99).normal(0, 0.05, (4, lips.shape[2]))).float()
        heard = sound.reshape(1, -1, 4, 4, sound.shape[2] // 4)[:, :, 0].mean(dim=3)
        return lips @ torch.linalg.pinv(directions), heard


@pytest.fixture(scope="module")
def found() -> CrossFit:
    network = Mirror(settings().network)
    return CrossFit(network, [network, network])


def pair(number: int, **changes: object) -> Embedded:
    talk = a_talk(number, **changes)
    with torch.inference_mode():
        lips, sound = Mirror(settings().network)(torch.from_numpy(talk.lips)[None], torch.from_numpy(talk.sound)[None])
    return Embedded(talk, lips[0].numpy(), sound[0].numpy())


@pytest.mark.parametrize("late", [-10, 0, 7])
def test_a_delay_that_is_put_in_is_found(late: int) -> None:
    (trial,) = shifted(pair(1), 75, [late])
    assert trial.found == pytest.approx(late, abs=0.3)


def test_windows_overlap_by_half() -> None:
    assert len(list(shifted(pair(1), 30, [0]))) == 4


def test_swapped_sound_fits_worse_than_true_sound() -> None:
    pairs = [pair(number) for number in range(4)]
    true = [trial.misfit for each in pairs for trial in shifted(each, 75, [0])]
    strange = [trial.misfit for each in pairs for trial in swapped(each, pairs, 75)]
    assert len(strange) == 12
    assert max(true) < min(strange)


def test_sound_is_never_swapped_with_itself_or_a_shorter_clip() -> None:
    only = pair(1)
    assert list(swapped(only, [only, pair(2, looks=40)], 75)) == []


def test_calibration_puts_true_sound_below_zero_and_swapped_sound_above(found: CrossFit) -> None:
    trials = trials_of(settings(), talks(), found)
    calibration = calibration_of(trials.calibration)
    said = {wrong: [t.misfit for t in trials.calibration if t.wrong == wrong] for wrong in (False, True)}
    assert log_likelihood_ratio(float(np.median(said[False])), calibration) < 0
    assert log_likelihood_ratio(float(np.median(said[True])), calibration) > 0


def test_no_more_is_said_than_the_number_of_clips_supports(found: CrossFit) -> None:
    trials = trials_of(settings(), talks(), found)
    assert calibration_of(trials.calibration).limit == pytest.approx(np.log(14 / 10), abs=0.2)


def test_real_sources_have_rows_by_length_and_all_have_one_of_false_alarms(found: CrossFit) -> None:
    trials = trials_of(settings(), talks(), found)
    metrics = metrics_of(settings(), trials, calibration_of(trials.calibration))
    rows = {(m.metric, m.dataset, m.split) for m in metrics}
    assert {(FOUND_40, "one (real), 3 s", "train"), (SWAPPED, "two (real), 2 s", "train")} <= rows
    assert {(ABOVE_HALF, "one (real)", "train"), (ABOVE_HALF, "two (real)", "val")} <= rows
    assert all(m.low <= m.value <= m.high for m in metrics)


def test_clips_that_are_too_short_are_counted() -> None:
    (metric,) = short_metrics(settings(), [a_talk(1), a_talk(2, looks=20), a_talk(3, source="two")])
    assert (metric.dataset, metric.value, metric.items) == ("one (real)", 0.5, 2)


def test_tables_have_a_row_per_source_and_a_dash_where_nothing_was_measured(found: CrossFit) -> None:
    trials = trials_of(settings(), talks(), found)
    text = tables(metrics_of(settings(), trials, calibration_of(trials.calibration)))
    assert text.count("| one (real), 3 s | train |") == text.count("| one (real) | val |") == 1
    assert "| – |" in next(line for line in text.splitlines() if line.startswith("| one (real) |"))
