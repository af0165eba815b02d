from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from av_sync_svc.seams import FEATURE_NAMES, RATE_HZ, Moments, measure_moments

CUT_S = 1.5
Floats = npt.NDArray[np.float32]


def noise(seconds: float = 3.0, level: float = 0.1, seed: int = 0) -> Floats:
    return (level * np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))).astype(np.float32)


def hum(hertz: float = 100.0, *, turned_at_s: float = 9.0, radians: float = np.pi / 2) -> Floats:
    """Three seconds of a steady tone whose phase jumps once."""
    times_s = np.arange(3 * RATE_HZ) / RATE_HZ
    phase = 2 * np.pi * hertz * times_s + radians * (times_s >= turned_at_s)
    return (0.1 * np.sin(phase)).astype(np.float32) + noise(level=0.001)


def buzz(*, broken_at_s: float) -> Floats:
    """Three seconds of a voice-like tone of 120 Hz that loses its step once."""
    times_s = np.arange(3 * RATE_HZ) / RATE_HZ
    phase = 2 * np.pi * 120 * times_s + 2.5 * (times_s >= broken_at_s)
    tone = np.sum([np.sin(n * phase) / n for n in range(1, 12)], axis=0)
    return np.asarray(tone, np.float32) + noise(level=0.01)


def dull_then_sharp() -> Floats:
    dull, sharp = np.convolve(noise(), np.ones(8) / 4, mode="same"), np.diff(noise(seed=1), prepend=0)
    cut = round(CUT_S * RATE_HZ)
    return np.concatenate([dull[:cut], sharp[cut:]]).astype(np.float32)


def column(moments: Moments, name: str) -> npt.NDArray[np.floating]:
    return moments.features[:, FEATURE_NAMES.index(name)]


def highest_s(samples: Floats, name: str) -> float:
    moments = measure_moments(samples)
    return float(moments.times_s[np.argmax(column(moments, name))])


def test_moments_lie_every_20_ms_and_have_half_a_second_on_both_sides() -> None:
    moments = measure_moments(noise(3.0))
    np.testing.assert_allclose(moments.times_s, 0.5 + 0.02 * np.arange(101))
    assert moments.features.shape == (101, len(FEATURE_NAMES))


@pytest.mark.parametrize("samples", [noise(0.0), noise(0.01), noise(0.99), np.zeros(3 * RATE_HZ, np.float32)])
def test_sound_that_is_too_short_or_silent_has_no_moments(samples: Floats) -> None:
    moments = measure_moments(samples)
    assert moments.times_s.shape == (0,)
    assert moments.features.shape == (0, len(FEATURE_NAMES))


def test_the_shortest_sound_has_one_moment() -> None:
    assert measure_moments(noise(1.0)).times_s == pytest.approx([0.5])


def test_the_level_of_the_sound_does_not_matter() -> None:
    loud, quiet = (measure_moments(level * dull_then_sharp()).features for level in (np.float32(1), np.float32(1e-3)))
    np.testing.assert_allclose(loud, quiet, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize(
    "samples",
    [
        np.eye(1, 3 * RATE_HZ, 20_000, dtype=np.float32)[0],
        np.ones(3 * RATE_HZ, np.float32),
        np.concatenate([np.zeros(RATE_HZ, np.float32), noise(1.0), np.zeros(RATE_HZ, np.float32)]),
        np.sign(noise(3.0)),
    ],
    ids=["impulse", "constant", "gated", "clipped"],
)
def test_features_of_odd_sounds_are_finite(samples: Floats) -> None:
    assert np.isfinite(measure_moments(samples).features).all()


@pytest.mark.parametrize("name", ["step_median", "fast_exchange", "near_divergence_peak", "floor_peak"])
def test_a_change_of_the_spectrum_is_seen_where_it_is(name: str) -> None:
    assert highest_s(dull_then_sharp(), name) == pytest.approx(CUT_S, abs=0.05)


def test_a_change_of_the_background_is_told_in_decibels() -> None:
    sound = np.concatenate([noise(CUT_S), noise(CUT_S, level=0.01)])
    moments = measure_moments(sound)
    at_cut = column(moments, "floor_level")[np.argmin(np.abs(moments.times_s - CUT_S))]
    assert at_cut == pytest.approx(20, abs=1)


@pytest.mark.parametrize("name", ["prediction_click", "high_click"])
def test_a_click_is_seen_where_it_is(name: str) -> None:
    sound = hum()
    sound[round(CUT_S * RATE_HZ)] += 0.05
    assert highest_s(sound, name) == pytest.approx(CUT_S, abs=0.02)


def test_a_voice_that_loses_its_period_is_seen_where_it_does() -> None:
    assert highest_s(buzz(broken_at_s=CUT_S), "period_break") == pytest.approx(CUT_S, abs=0.03)


def test_a_jump_in_the_phase_of_the_mains_is_seen() -> None:
    jumps, steady = (
        column(measure_moments(hum(turned_at_s=at_s)), "tone_phase_jump")[48:53].max() for at_s in (CUT_S, 9.0)
    )
    assert jumps > 1 > steady
