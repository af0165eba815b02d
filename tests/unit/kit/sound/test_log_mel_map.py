from __future__ import annotations

import numpy as np
import pytest

from kit.media.sound import SoundPiece
from kit.sound.log_mel_map import log_mel_map
from telltale.av_sync.v1 import sound_pb2

RATE_HZ = 16_000


def cells(found: sound_pb2.LogMelMap) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.frombuffer(found.values, np.uint8).reshape(found.columns, found.bands)


def tone(hz: float, duration_s: float, amplitude: float = 0.5) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    at_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    return (amplitude * np.sin(2 * np.pi * hz * at_s)).astype(np.float32)


def test_a_louder_and_higher_second_half_shows() -> None:
    sound = np.concatenate([tone(600, 2.0, 0.05), tone(600, 2.0) + tone(5_000, 2.0, 0.1)])
    found = cells(log_mel_map([SoundPiece(0.0, sound, RATE_HZ)], 4.0)).astype(int)
    first, second = found[50], found[350]
    assert found.shape == (400, 64)
    assert (second.max(), second.argmax()) == (255, first.argmax())
    assert first.max() == pytest.approx(255 - 20 * 254 / 80, abs=2)
    assert (second - first).argmax() > first.argmax()


def test_what_was_not_listened_to_is_0_and_nothing_else_is() -> None:
    pieces = [SoundPiece(1.0, tone(440, 1.0), RATE_HZ), SoundPiece(3.0, tone(440, 1.0), RATE_HZ)]
    heard = (cells(log_mel_map(pieces, 5.0)) > 0).all(axis=1)
    assert [bool(heard[at]) for at in (50, 150, 250, 350, 450)] == [False, True, False, True, False]
    assert ((cells(log_mel_map(pieces, 5.0)) == 0).all(axis=1) == ~heard).all()


@pytest.mark.parametrize(("duration_s", "columns"), [(1 / RATE_HZ, 1), (0.5, 50), (20.48, 2_048), (36_000.0, 2_048)])
def test_the_map_has_at_most_2048_columns_whatever_the_length(duration_s: float, columns: int) -> None:
    piece = SoundPiece(0.0, tone(440, min(duration_s, 30.0)), RATE_HZ)
    found = log_mel_map([piece], duration_s)
    assert (found.columns, len(found.values)) == (columns, columns * 64)
    assert cells(found)[0].all()


def test_an_hour_is_heard_in_every_column() -> None:
    pieces = [SoundPiece(300.0 * number, tone(440, 300.0), RATE_HZ) for number in range(12)]
    assert cells(log_mel_map(pieces, 3_600.0)).all()


def test_digital_silence_is_dark() -> None:
    found = cells(log_mel_map([SoundPiece(0.0, np.zeros(RATE_HZ, np.float32), RATE_HZ)], 1.0))
    assert (found == 1).all()
