from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from av_sync_svc.seam_windows import anywhere, inside, windows_over
from telltale.model.v1 import card_pb2

SOUND = card_pb2.SoundPreprocessing(sample_rate_hz=16000, window_s=2.0, hop_s=1.0, min_s=1.5)


def moments_of(length_s: float) -> npt.NDArray[np.float64]:
    """Every 20 ms, half a second from both ends."""
    return np.asarray(0.5 + 0.02 * np.arange(round((length_s - 1.0) / 0.02) + 1))


def test_windows_come_every_hop_and_the_last_one_ends_at_the_end() -> None:
    spans = list(windows_over(moments_of(5.5), SOUND))
    assert [span.start_s for span in spans] == pytest.approx([0.5, 1.5, 2.5, 3.02])
    assert spans[-1].end_s == pytest.approx(5.02)


def test_less_than_a_window_is_one_shorter_window() -> None:
    (span,) = windows_over(moments_of(2.0), SOUND)
    assert (span.start_s, span.end_s) == pytest.approx((0.5, 1.52))


def test_less_than_the_least_has_no_window() -> None:
    assert list(windows_over(moments_of(1.4), SOUND)) == []
    assert list(windows_over(np.zeros(0), SOUND)) == []


def test_every_moment_lies_in_a_window() -> None:
    times_s = moments_of(5.5)
    held = np.concatenate([inside(times_s, span) for span in windows_over(times_s, SOUND)])
    assert set(held) == set(range(len(times_s)))


def test_one_seam_in_a_long_recording_weighs_less_than_in_a_short_one() -> None:
    assert anywhere([2.0]) == pytest.approx(2.0)
    assert anywhere([2.0, -1.0]) == pytest.approx(np.log((np.e**2 + np.e**-1) / 2))
    assert anywhere([2.0, *[-1.0] * 50]) < 0
