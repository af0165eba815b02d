from __future__ import annotations

import numpy as np

from av_sync_svc.lips import LIP_VALUES, MAX_SHIFT, SPECTRA_PER_LOOK, SPECTRUM
from av_sync_svc.mouths import MOUTH_POINTS
from colab_training.lip_sync.mirror import MIRRORED
from colab_training.lip_sync.stretches import stretch_of
from tests.training.colab_training.lip_sync.made_up import a_talk


def test_a_stretch_has_as_many_looks_as_asked_for_and_sound_around_it() -> None:
    stretch = stretch_of(np.random.default_rng(0), a_talk(1), 28, 0.0)
    assert stretch.lips.shape == (28, LIP_VALUES)
    assert stretch.sound.shape == (SPECTRA_PER_LOOK * (28 + 2 * MAX_SHIFT), SPECTRUM.bands)
    assert stretch.known.shape == (28 + 2 * MAX_SHIFT,)


def test_a_mirrored_face_is_mirrored_back_by_the_same_map() -> None:
    assert (MIRRORED[MIRRORED] == np.arange(len(MOUTH_POINTS))).all()


def test_corners_of_the_mouth_change_places_in_the_mirror() -> None:
    left, right, chin = (MOUTH_POINTS.index(point) for point in (61, 291, 152))
    assert (MIRRORED[left], MIRRORED[right], MIRRORED[chin]) == (right, left, chin)


def test_sound_that_is_known_to_be_late_is_moved_back() -> None:
    talk = a_talk(1, late=4)
    agree = {}
    for late in (0.0, 4.0):
        drawn = [stretch_of(np.random.default_rng(seed), talk, 60, late) for seed in range(5)]
        agree[late] = np.mean([_agreement(stretch.lips, stretch.sound) for stretch in drawn])
    assert agree[4.0] > 0.5 > 0.3 > agree[0.0]


def test_beyond_the_ends_of_the_clip_sound_is_unknown() -> None:
    talk = a_talk(1)
    talk.known[:MAX_SHIFT] = talk.known[-MAX_SHIFT:] = False
    stretch = stretch_of(np.random.default_rng(0), talk, 28, 0.0)
    assert 10 < stretch.known.sum() < len(stretch.known)


def _agreement(lips: np.ndarray, sound: np.ndarray) -> float:
    """Between the speed of lips and the loudness of all bands, at once."""
    first = SPECTRA_PER_LOOK * MAX_SHIFT
    heard = np.square(sound[first : first + SPECTRA_PER_LOOK * len(lips) : SPECTRA_PER_LOOK]).sum(axis=1)
    return float(np.corrcoef(np.square(lips).sum(axis=1), heard)[0, 1])
