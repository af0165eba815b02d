from __future__ import annotations

import numpy as np

from av_sync_svc.lips import LIP_VALUES, MAX_SHIFT, SPECTRA_PER_LOOK, SPECTRUM
from av_sync_svc.warm_up import noisy_mouth
from colab_training.lip_sync.talks import measured
from colab_training.video.manifest import Clip
from tests.support.av_sync import a_piece

CLIP = Clip("real/one.mp4", False, "lab_talk", "one", "train")


def test_a_clip_is_measured_with_the_sound_around_it() -> None:
    mouth = noisy_mouth()
    talk = measured(CLIP, mouth, a_piece(6.0))
    heard = len(mouth.times_s) + 2 * MAX_SHIFT
    assert (talk.lips.shape, talk.looks) == ((len(mouth.times_s), LIP_VALUES), len(mouth.times_s))
    assert (talk.sound.shape, talk.known.shape) == ((SPECTRA_PER_LOOK * heard, SPECTRUM.bands), (heard,))


def test_before_and_after_the_clip_nothing_is_known() -> None:
    talk = measured(CLIP, noisy_mouth(), a_piece(6.0))
    assert not talk.known[: MAX_SHIFT - 1].any()
    assert not talk.known[-MAX_SHIFT + 2 :].any()
    assert np.count_nonzero(talk.known) >= talk.looks
