from __future__ import annotations

import numpy as np
import pytest

from av_sync_svc.lips import (
    LIP_VALUES,
    MAX_SHIFT,
    RATE_HZ,
    SHIFTS,
    SPECTRA_PER_LOOK,
    SPECTRUM,
    agreement,
    best_shift,
    clearness,
    lip_series,
    misfit,
    sound_series,
)
from av_sync_svc.warm_up import noisy_mouth
from kit.media.sound import SoundPiece
from tests.support.av_sync import a_piece

LOOKS, NUMBERS = 100, 8


def series(late: int = 0, noise: float = 0.0, looks: int = LOOKS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings of lips, and of sound that says the same `late` looks later."""
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 1, (looks + 8 * MAX_SHIFT, NUMBERS)).astype(np.float32)
    lips = truth[4 * MAX_SHIFT : 4 * MAX_SHIFT + looks]
    sound = truth[3 * MAX_SHIFT - late : 5 * MAX_SHIFT - late + looks]
    heard = (sound + noise * rng.normal(0, 1, sound.shape)).astype(np.float32)
    return lips, heard, np.ones(len(sound), np.bool_)


@pytest.mark.parametrize("late", [-10, -3, 0, 4, 10])
def test_sound_that_comes_late_is_found_to_be_late(late: int) -> None:
    assert best_shift(agreement(*series(late, noise=2))) == pytest.approx(late, abs=0.5)


def test_equal_embeddings_agree_fully_and_strange_ones_hardly() -> None:
    found = agreement(*series())
    assert found[MAX_SHIFT] == pytest.approx(1, abs=0.1)
    assert np.abs(np.delete(found, MAX_SHIFT)).max() < 0.3


def test_an_offset_between_two_looks_is_found_between_them() -> None:
    shape = -((np.asarray(SHIFTS) - 1.3) ** 2) / 400.0
    assert best_shift(shape.astype(np.float32)) == pytest.approx(1.3, abs=0.01)


def test_offsets_without_sound_are_unknown() -> None:
    lips, sound, known = series(looks=20)
    known[: MAX_SHIFT + 10] = False
    found = agreement(lips, sound, known)
    assert np.isnan(found[:13]).all()
    assert not np.isnan(found[-13:]).any()


def test_silence_from_end_to_end_is_unknown_everywhere() -> None:
    lips, sound, known = series()
    assert np.isnan(agreement(lips, sound, np.zeros_like(known))).all()


def test_a_clear_offset_is_clearer_than_noise() -> None:
    lips, _, known = series()
    strange = np.random.default_rng(9).normal(0, 1, (LOOKS + 2 * MAX_SHIFT, NUMBERS)).astype(np.float32)
    assert clearness(agreement(*series())) > 0.7 > 0.3 > clearness(agreement(lips, strange, known))


def test_natural_delays_fit_and_others_do_not() -> None:
    assert misfit(agreement(*series(late=2)), LOOKS) < -0.5
    assert misfit(agreement(*series(late=8)), LOOKS) > 0.5


def test_the_same_gap_over_a_longer_time_says_more() -> None:
    found = agreement(*series(late=8))
    assert misfit(found, 4 * LOOKS) > 1.5 * misfit(found, LOOKS) > 0


def test_sound_of_which_one_side_only_is_known_says_nothing() -> None:
    found = agreement(*series())
    found[:MAX_SHIFT] = found[-MAX_SHIFT:] = np.nan
    assert np.isnan(misfit(found, LOOKS))


def test_who_it_is_does_not_show_in_the_series_of_lips() -> None:
    mouth = noisy_mouth()
    before = lip_series(mouth)
    mouth.points[:] += np.random.default_rng(2).normal(0, 1, (1, *mouth.points.shape[1:])).astype(np.float32)
    np.testing.assert_allclose(lip_series(mouth), before, atol=1e-3)
    assert before.shape == (len(mouth.times_s), LIP_VALUES)


def clicks(at_s: float, start_s: float = 0.0) -> SoundPiece:
    samples = np.random.default_rng(0).normal(0, 1e-3, 3 * RATE_HZ).astype(np.float32)
    first = round((at_s - start_s) * RATE_HZ)
    samples[first : first + 160] += 0.5
    return SoundPiece(start_s, samples, RATE_HZ)


@pytest.mark.parametrize(("piece_s", "start_s"), [(0.0, 0.5), (0.0, -0.6), (1.013, 1.4), (0.007, 0.0)])
def test_a_click_shows_at_its_time_wherever_piece_and_mouth_begin(piece_s: float, start_s: float) -> None:
    found, _ = sound_series(clicks(2.005, piece_s), start_s, 75)
    loudest_s = start_s + 0.01 * found.sum(axis=1).argmax()
    assert loudest_s == pytest.approx(2.01, abs=0.012)


def test_sound_is_known_only_where_there_is_some() -> None:
    found, known = sound_series(a_piece(2.0, start_s=1.0), 0.0, 100)
    times_s = np.arange(100) / 25
    assert found.shape == (100 * SPECTRA_PER_LOOK, SPECTRUM.bands)
    assert known[(times_s > 1.02) & (times_s < 2.98)].all()
    assert not known[(times_s < 0.98) | (times_s > 3.02)].any()


def test_a_stretch_beside_the_sound_hears_nothing() -> None:
    for start_s in (-30.0, 30.0):
        found, known = sound_series(a_piece(2.0), start_s, 50)
        assert found.shape == (50 * SPECTRA_PER_LOOK, SPECTRUM.bands)
        assert not known.any()


def test_a_louder_recording_sounds_the_same() -> None:
    quiet, _ = sound_series(a_piece(4.0, level=0.02), 0.5, 50)
    loud, _ = sound_series(a_piece(4.0, level=0.1), 0.5, 50)
    np.testing.assert_allclose(loud, quiet, atol=0.05)
