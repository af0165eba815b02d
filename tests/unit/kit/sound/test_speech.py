from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from kit.errors import InvalidRequest, ModelInvalid
from kit.media.sound import SoundPiece
from kit.media.spans import Span
from kit.models.card import LoadedModel
from kit.models.registry import Registry
from kit.models.runtime import Tensor
from kit.sound.speech import WINDOW_SAMPLES, SpeechFinder, open_speech_finder, speech_finder_of
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

RATE_HZ = 16_000
WINDOW_S = WINDOW_SAMPLES / RATE_HZ
MODELS = Path(__file__).resolve().parents[4] / "models"


class ListedSession:
    """Answers a list of probabilities, one a window, and counts windows in its state."""

    def __init__(self, probabilities: list[float]) -> None:
        self._probabilities = np.array(probabilities, np.float32)
        self.shapes: list[tuple[int, ...]] = []

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        windows, seen = inputs["input"], int(inputs["h"][0, 0, 0])
        self.shapes.append(windows.shape)
        return {
            "speech_probs": self._probabilities[seen : seen + len(windows)],
            "hn": inputs["h"] + len(windows),
            "cn": inputs["c"],
        }


def finder_of(probabilities: list[float]) -> SpeechFinder:
    return SpeechFinder(ListedSession(probabilities), evidence_pb2.ModelReference(), 0.5)


def spans_of(probabilities: list[float], start_s: float = 0.0) -> list[Span]:
    piece = SoundPiece(start_s, np.zeros(len(probabilities) * WINDOW_SAMPLES, np.float32), RATE_HZ)
    return finder_of(probabilities).find(piece)


def between(first: int, last: int, start_s: float = 0.0) -> list[Span]:
    """Speech from one window up to another, with 30 ms around it."""
    return [Span(pytest.approx(start_s + first * WINDOW_S - 0.03), pytest.approx(start_s + last * WINDOW_S + 0.03))]


def test_speech_is_where_the_network_hears_it() -> None:
    assert spans_of([0.1] * 10 + [0.9] * 20 + [0.1] * 10) == between(10, 30)


def test_times_are_those_of_the_piece() -> None:
    assert spans_of([0.1] * 10 + [0.9] * 20 + [0.1] * 10, start_s=100.0) == between(10, 30, 100.0)


def test_speech_goes_on_while_the_probability_is_a_little_lower() -> None:
    assert spans_of([0.4] * 10 + [0.9] * 10 + [0.4] * 10 + [0.3] * 10) == between(10, 30)


def test_a_short_pause_does_not_end_speech_and_a_long_one_does() -> None:
    assert len(spans_of([0.1, *[0.9] * 10, *[0.1] * 3, *[0.9] * 10, 0.1])) == 1
    assert len(spans_of([0.1, *[0.9] * 10, *[0.1] * 4, *[0.9] * 10, 0.1])) == 2


def test_a_short_noise_is_no_speech() -> None:
    assert spans_of([0.1] * 5 + [0.9] * 7 + [0.1] * 5) == []


def test_speech_does_not_reach_beyond_the_piece() -> None:
    assert spans_of([0.9] * 20, start_s=3.0) == [Span(3.0, 3.0 + 20 * WINDOW_S)]


def test_long_pieces_are_heard_in_blocks_that_remember() -> None:
    finder = finder_of([0.1] * 600 + [0.9] * 600)
    piece = SoundPiece(0.0, np.zeros(1_200 * WINDOW_SAMPLES, np.float32), RATE_HZ)
    assert finder.find(piece)[0].start_s == pytest.approx(600 * WINDOW_S - 0.03)
    assert isinstance(finder.session, ListedSession)
    assert finder.session.shapes == [(512, 576), (512, 576), (176, 576)]


def test_another_rate_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="16000"):
        finder_of([]).find(SoundPiece(0.0, np.zeros(8_000, np.float32), 8_000))


def test_a_card_without_the_operating_point_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="speech"):
        speech_finder_of(LoadedModel(card_pb2.ModelCard(name="voice_activity"), "0" * 64, Path()), ListedSession([]))


@pytest.fixture(scope="module")
def shipped() -> SpeechFinder:
    return open_speech_finder(Registry(MODELS).load("voice_activity", "1.0.0"))


def vowels(duration_s: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Something like a voice: pulses at 110 to 150 Hz through the formants of changing vowels, syllable by syllable."""
    rng = np.random.default_rng(3)
    at_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    phase = np.cumsum(2 * np.pi * (130 + 20 * np.sin(2 * np.pi * 0.7 * at_s)) / RATE_HZ)
    sound = np.zeros_like(at_s)
    vowel = (at_s * 4).astype(int) % 3
    for harmonic in range(1, 40):
        formants = np.array([[700, 1_200, 2_500], [300, 2_200, 3_000], [350, 700, 2_400]])[vowel]
        gain = sum(np.exp(-(((harmonic * 130 - formants[:, each]) / 150) ** 2)) for each in range(3))
        sound += gain * np.sin(harmonic * phase)
    sound *= np.clip(1.3 * np.abs(np.sin(np.pi * 4 * at_s)), 0, 1)
    return np.asarray(0.1 * sound + 0.001 * rng.standard_normal(len(at_s)), np.float32)


def test_the_shipped_network_tells_a_voice_from_silence_and_noise(shipped: SpeechFinder) -> None:
    quiet = (0.001 * np.random.default_rng(0).standard_normal(2 * RATE_HZ)).astype(np.float32)
    spans = shipped.find(SoundPiece(0.0, np.concatenate([quiet, vowels(4.0), quiet]), RATE_HZ))
    assert spans
    assert spans[0].start_s == pytest.approx(2.0, abs=0.4)
    assert spans[-1].end_s == pytest.approx(6.0, abs=0.4)
    assert shipped.find(SoundPiece(0.0, 30 * quiet, RATE_HZ)) == []


@pytest.mark.parametrize("count", [1, 511, 512, 513])
def test_pieces_of_any_length_are_heard(shipped: SpeechFinder, count: int) -> None:
    probabilities = shipped.probabilities(SoundPiece(0.0, np.zeros(count, np.float32), RATE_HZ))
    assert len(probabilities) == -(-count // WINDOW_SAMPLES)
    assert (probabilities < 0.5).all()


def test_callers_at_the_same_time_do_not_disturb_each_other(shipped: SpeechFinder) -> None:
    pieces = [SoundPiece(0.0, vowels(2.0) * scale, RATE_HZ) for scale in np.float32([1.0, 0.01, 0.3, 0.0])]
    alone = [shipped.probabilities(piece) for piece in pieces]
    together: dict[int, np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = {}

    def hear(index: int) -> None:
        together[index] = shipped.probabilities(pieces[index])

    threads = [threading.Thread(target=hear, args=(index,)) for index in range(len(pieces))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(alone[index], together[index]) for index in range(len(pieces)))
    assert not any(np.array_equal(one, other) for one, other in itertools.combinations(alone, 2))
