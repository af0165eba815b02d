"""Every recording gives its versions; the measures are kept until something that they depend on changes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("pyworld", reason="the training environment is not installed")

import numpy as np

from colab_training.sound_damage import CODECS
from colab_training.speech_files import read_speech
from colab_training.voice_spoof.items import Items, items_of, measured
from tests.training.colab_training.voice_spoof.made_up import COUNT, a_data_folder, a_voice, an_utterance, settings

LISTED = [
    an_utterance("real"),
    an_utterance("fake", system="vits"),
    an_utterance("val", source="other", split="val"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_data_folder(tmp_path_factory.mktemp("data"), LISTED)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def items(data: Path, cache: Path) -> Items:
    return items_of(settings(), data, cache)


def test_train_is_copied_and_damaged_and_val_coded(items: Items) -> None:
    told = Counter((item.utterance.file, item.fake, item.copy, item.damage) for item in items.items)
    assert set(told.values()) == {1}
    assert set(told) == {
        ("real/real.flac", False, "", ""),
        ("real/real.flac", False, "", "random"),
        ("real/real.flac", True, "world", ""),
        ("fake/fake.flac", True, "", ""),
        ("fake/fake.flac", True, "", "random"),
        *(("real/val.flac", False, "", codec) for codec in ("", *CODECS)),
    }


def test_numbers_are_those_of_the_sound(items: Items, data: Path) -> None:
    assert items.numbers.shape == (len(items.items), COUNT)
    assert np.isfinite(items.numbers).all()
    own = measured([read_speech(data / "speech" / LISTED[0].file)], settings())
    np.testing.assert_allclose(items.numbers[0], own[0], atol=1e-4)


def test_a_second_run_reads_what_the_first_kept(items: Items, data: Path, cache: Path) -> None:
    (kept,) = cache.glob("*.npz")
    written = kept.stat().st_mtime_ns
    again = items_of(settings(), data, cache)
    assert again.items == items.items
    np.testing.assert_array_equal(again.numbers, items.numbers)
    assert kept.stat().st_mtime_ns == written


def test_a_fit_does_not_ask_for_new_measures_but_another_seed_does(items: Items, data: Path, cache: Path) -> None:
    items_of(settings(folds=3), data, cache)
    assert len(list(cache.glob("*.npz"))) == 1
    other = items_of(settings(seed=7), data, cache)
    assert len(list(cache.glob("*.npz"))) == 2
    assert not np.allclose(other.numbers[1], items.numbers[1], atol=1e-3)


def test_a_recording_is_measured_no_further_than_a_window_reaches() -> None:
    long = a_voice(4.0)
    both = measured([long, long[: 3 * 16000]], settings())
    np.testing.assert_array_equal(both[0], both[1])
