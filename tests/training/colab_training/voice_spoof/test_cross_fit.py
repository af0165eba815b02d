"""No recording of train is judged by a judge that has heard it, its group, its speaker or its system."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.metrics import auc
from colab_training.voice_spoof.cross_fit import Found, cross_fit
from colab_training.voice_spoof.items import AS_IS, Items
from colab_training.voice_spoof.judge import judged
from colab_training.voice_spoof.manifest import Utterance, fold_of
from tests.training.colab_training.voice_spoof.made_up import (
    an_item,
    an_utterance,
    settings,
    utterances,
    versions,
    with_numbers,
)

FEW = 24


@pytest.fixture(scope="module")
def items() -> Items:
    return with_numbers(list(versions(utterances())), count=FEW)


@pytest.fixture(scope="module")
def found(items: Items) -> Found:
    return cross_fit(settings(), items, lambda line: None)


def counts(recordings: list[Utterance]) -> list[tuple[int, int]]:
    """Items taught and judged in each fold, by what the run says of it."""
    lines: list[str] = []
    cross_fit(settings(), with_numbers([an_item(own) for own in recordings], count=FEW), lines.append)
    words = [line.partition(": ")[2].split() for line in lines]
    return [(int(taught), int(tested)) for taught, _, _, tested, _ in words]


def campaigns(fold: int) -> list[Utterance]:
    """Thirty real and thirty fake recordings of campaigns that lie in a fold, nothing else shared."""
    names = [name for at in range(300) if fold_of(name := f"campaign {at}", 2, settings().seed) == fold][:60]
    return [an_utterance(name, source=name, system=f"of {name}" if at % 2 else "") for at, name in enumerate(names)]


def test_every_recording_is_judged_and_fakes_are_told(items: Items, found: Found) -> None:
    assert np.isfinite(found.raw).all()
    for split in ("train", "val"):
        own = np.array([item.utterance.split == split for item in items.items])
        assert auc(items.fake[own], found.raw[own]) > 0.9


def test_the_shipped_judge_speaks_of_val_alone(items: Items, found: Found) -> None:
    val = np.array([item.utterance.split == "val" for item in items.items])
    shipped = judged(found.judge, items.numbers)
    np.testing.assert_array_equal(found.raw[val], shipped[val])
    assert not np.isclose(found.raw[~val], shipped[~val], atol=1e-6).any()


def test_what_can_only_be_remembered_is_not_known_of_groups_left_out() -> None:
    """Every group has numbers of its own and a label by chance: who has heard it knows, who has not can only guess."""
    rng = np.random.default_rng(0)
    voices = [
        an_utterance(f"{n}", source=f"campaign {n}", system=f"of {n}" * int(rng.random() < 0.5)) for n in range(60)
    ]
    listed = [an_item(voice, damage=damage) for voice in voices for damage in (AS_IS, "random", "random")]
    own = rng.normal(0, 1, (60, FEW)).repeat(3, axis=0)
    items = Items(tuple(listed), (own + rng.normal(0, 0.01, own.shape)).astype(np.float32))
    found = cross_fit(settings(), items, lambda line: None)
    assert auc(items.fake, judged(found.judge, items.numbers)) > 0.95
    assert 0.3 < auc(items.fake, found.raw) < 0.7


def test_a_fold_leaves_out_its_own_groups() -> None:
    assert counts([*campaigns(0), *campaigns(1)]) == [(60, 60), (60, 60)]


def test_a_system_is_left_out_wherever_its_recordings_come_from() -> None:
    twins = [an_utterance(source=campaigns(fold)[0].source, system="twin") for fold in (0, 1)]
    assert counts([*campaigns(0), *campaigns(1), *twins]) == [(60, 61), (60, 61)]


def test_a_speaker_is_left_out_wherever_the_recordings_come_from() -> None:
    real, fake = (an_utterance(source=campaigns(fold)[0].source, system="x" * fold, speaker="eve") for fold in (0, 1))
    assert counts([*campaigns(0), *campaigns(1), real, fake]) == [(60, 61), (60, 61)]


def test_recordings_of_val_are_not_taught() -> None:
    val = [an_utterance(source="other", split="val"), an_utterance(source="other", system="new", split="val")]
    assert counts([*campaigns(0), *campaigns(1), *val]) == [(60, 60), (60, 60)]
