from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from av_sync_svc.seams import FEATURE_NAMES
from colab_training.av_coherence.items import UNTOUCHED, Item, items_of, outside_of, whole_files
from colab_training.av_coherence.settings import MakingSettings
from colab_training.speech_files import RATE_HZ
from tests.training.colab_training.av_coherence.made_up import a_recording

MAKING = MakingSettings(edits=3, originals=2, ways=["none", "telephone"], damaged_before=0.4)


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return items_of([a_recording(number) for number in range(4)], MAKING, 1)


def test_each_recording_gives_edited_and_untouched_stretches(items: list[Item]) -> None:
    assert [item.fake for item in items] == [True, True, True, False, False] * 4
    assert {item.kind for item in items if not item.fake} == {UNTOUCHED}
    assert {item.way for item in items} == {"none", "telephone"}


def test_stretches_are_measured_like_in_serving(items: list[Item]) -> None:
    for item in items:
        assert item.moments.features.shape == (len(item.moments.times_s), len(FEATURE_NAMES))
        assert np.isfinite(item.moments.features).all()
        assert all(
            item.moments.times_s[0] - 0.02 <= seam_s <= item.moments.times_s[-1] + 0.02 for seam_s in item.seams_s
        )


def test_both_classes_are_of_like_lengths(items: list[Item]) -> None:
    for item in items:
        assert 1.8 <= item.outside[0] <= 3.6


def test_the_seed_decides(items: list[Item]) -> None:
    again, other = (items_of([a_recording(0)], MAKING, seed) for seed in (2, 3))
    same = items_of([a_recording(0)], MAKING, 2)
    np.testing.assert_array_equal(again[0].moments.features, same[0].moments.features)
    assert again[0].seams_s != other[0].seams_s


def test_recordings_that_are_too_short_are_left_out() -> None:
    assert items_of([a_recording(0, seconds=2.0)], MAKING, 1) == []


def test_whole_files_are_measured_once_for_each_way() -> None:
    files = whole_files([a_recording(0), a_recording(1, seconds=0.5)], ["none", "telephone"], 1)
    assert [(file.recording.file, file.way, file.seams_s) for file in files] == [
        ("speech/0.flac", "none", ()),
        ("speech/0.flac", "telephone", ()),
    ]
    assert files[0].moments.times_s[-1] == pytest.approx(2.5)


def test_the_outside_tells_length_level_silence_and_bandwidth() -> None:
    tone = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(2 * RATE_HZ) / RATE_HZ)
    tone[RATE_HZ:] = 0
    seconds, level_db, silent, hertz = outside_of(tone.astype(np.float32))
    assert seconds == 2
    assert level_db == pytest.approx(-26, abs=0.1)
    assert silent == pytest.approx(0.5, abs=0.01)
    assert hertz == pytest.approx(1000, abs=5)
