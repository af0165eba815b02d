from __future__ import annotations

import numpy as np
import pytest

from kit.errors import InvalidRequest
from kit.media.sound import SoundPiece
from kit.media.spans import Span
from kit.sound.windows import SoundWindow, levelled, windows_of
from telltale.model.v1 import card_pb2

RATE_HZ = 16_000
CARD = card_pb2.SoundPreprocessing(sample_rate_hz=RATE_HZ, window_s=3.0, hop_s=1.5, min_s=1.0)


def piece_of(duration_s: float, start_s: float = 0.0) -> SoundPiece:
    """Every sample is its own number."""
    return SoundPiece(start_s, np.arange(round(duration_s * RATE_HZ), dtype=np.float32), RATE_HZ)


def cut(duration_s: float, speech: list[Span], start_s: float = 0.0) -> list[SoundWindow]:
    return windows_of(piece_of(duration_s, start_s), speech, CARD)


def times_of(windows: list[SoundWindow]) -> list[tuple[float, float]]:
    return [(round(window.start_s, 3), round(window.end_s, 3)) for window in windows]


def test_silence_at_both_ends_is_left_out_before_anything_is_cut() -> None:
    assert times_of(cut(10.0, [Span(2.0, 5.0)])) == [(2.0, 5.0)]


def test_windows_follow_each_other_and_the_last_one_ends_with_the_speech() -> None:
    assert times_of(cut(20.0, [Span(1.0, 8.0)])) == [(1.0, 4.0), (2.5, 5.5), (4.0, 7.0), (5.0, 8.0)]
    assert times_of(cut(20.0, [Span(1.0, 7.0)])) == [(1.0, 4.0), (2.5, 5.5), (4.0, 7.0)]


def test_windows_hold_the_samples_of_their_time_and_have_one_length() -> None:
    windows = cut(20.0, [Span(101.0, 108.0)], start_s=100.0)
    assert {len(window.samples) for window in windows} == {3 * RATE_HZ}
    assert all(window.samples[0] == round((window.start_s - 100.0) * RATE_HZ) for window in windows)


def test_little_speech_is_one_shorter_window_and_less_is_none() -> None:
    assert times_of(cut(10.0, [Span(2.0, 3.5)])) == [(2.0, 3.5)]
    assert cut(10.0, [Span(2.0, 2.9)]) == []
    assert cut(10.0, []) == []


def test_windows_over_a_long_pause_are_left_out() -> None:
    assert times_of(cut(30.0, [Span(0.0, 3.0), Span(10.0, 13.0)])) == [
        (0.0, 3.0),
        (1.5, 4.5),
        (7.5, 10.5),
        (9.0, 12.0),
        (10.0, 13.0),
    ]


def test_speech_beyond_the_piece_does_not_count() -> None:
    assert times_of(cut(3.0, [Span(0.0, 9.0), Span(11.0, 12.5), Span(20.0, 24.0)], start_s=10.0)) == [(11.0, 12.5)]
    assert cut(3.0, [Span(0.0, 9.0)], start_s=10.0) == []


def test_another_rate_than_the_models_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="16000"):
        windows_of(SoundPiece(0.0, np.zeros(8_000, np.float32), 8_000), [Span(0.0, 1.0)], CARD)


def test_windows_are_brought_to_the_cards_level() -> None:
    loud = card_pb2.SoundPreprocessing(sample_rate_hz=RATE_HZ, window_s=1.0, hop_s=1.0, min_s=0.5, level_dbfs=-20.0)
    noise = 0.01 * np.random.default_rng(0).standard_normal(2 * RATE_HZ).astype(np.float32)
    for window in windows_of(SoundPiece(0.0, noise, RATE_HZ), [Span(0.0, 2.0)], loud):
        assert np.sqrt(np.mean(window.samples**2)) == pytest.approx(0.1, rel=1e-4)


@pytest.mark.parametrize("level", [0.0, 5e-5])
def test_silence_is_not_amplified(level: float) -> None:
    silence = np.full(100, level, np.float32)
    assert np.array_equal(levelled(silence, -26.0), silence)
