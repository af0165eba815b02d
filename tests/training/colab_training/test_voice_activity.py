from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from colab_training.voice_activity import listen, measured, operating_point
from kit.media.sound import SoundPiece
from kit.models.runtime import Tensor
from kit.sound.speech import SpeechFinder
from telltale.common.v1 import evidence_pb2

RATE_HZ = 16_000


class LoudIsSpeech:
    """Hears speech in whatever is not quiet."""

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        loud = np.abs(inputs["input"][:, 64:]).mean(axis=1) > 0.05
        return {"speech_probs": np.where(loud, 0.9, 0.1).astype(np.float32), "hn": inputs["h"], "cn": inputs["c"]}


@pytest.fixture
def finder() -> SpeechFinder:
    return SpeechFinder(LoudIsSpeech(), evidence_pb2.ModelReference(), 0.5)


def speech(seconds: float) -> SoundPiece:
    tone = 0.5 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return SoundPiece(0.0, tone.astype(np.float32), RATE_HZ)


def test_windows_within_the_recording_count_as_speech_and_those_around_do_not(finder: SpeechFinder) -> None:
    (heard,) = listen(finder, [speech(3.0)], None)
    assert heard.within.sum() == pytest.approx(3.0 * RATE_HZ / 512, abs=1)
    assert ((heard.probability > 0.5) == heard.within).mean() > 0.98
    assert heard.edges_ms == (pytest.approx(0.0, abs=65.0), pytest.approx(0.0, abs=65.0))


def test_a_detector_that_is_right_measures_as_right(finder: SpeechFinder) -> None:
    heard = list(listen(finder, [speech(1.0), speech(2.0), speech(3.0)], 20.0))
    auc, accuracy = measured(heard, "tones")
    assert min(auc.value, accuracy.value) > 0.95
    assert accuracy.low <= accuracy.value <= accuracy.high
    point = operating_point(heard, "tones")
    assert (point.threshold, point.true_positive_rate > 0.95, point.false_positive_rate < 0.05) == (0.0, True, True)


def test_loud_noise_is_counted_against_it(finder: SpeechFinder) -> None:
    point = operating_point(list(listen(finder, [speech(2.0)], 0.0)), "tones in noise")
    assert point.false_positive_rate > 0.9
