"""Every source is seen as often as the others, however many clips it has; training ends where its checkpoint says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import torch

from colab_training.video.clip_set import REENCODED, ClipSet
from colab_training.video.learning import TrainingClips, clip_logits, train
from tests.training.colab_training.video.made_up import a_tag, clips, settings

SETTINGS = settings("face_drift")
TAGS = [
    *(a_tag("grid_s1", made=REENCODED, name=str(number)) for number in range(8)),
    a_tag("float", made=REENCODED, name="alone"),
    *(a_tag("grid_s1", fake=True, made="own_face", name=str(number)) for number in range(5)),
    a_tag("grid_s1", fake=True, made="other_person", name="one"),
]


def numbered() -> ClipSet:
    """Clips whose inputs are their position, and half more in their augmented copy."""
    positions = np.arange(len(TAGS), dtype=np.float16)
    return clips(TAGS, np.stack([positions, positions + 0.5], axis=1)[:, :, None])


def described() -> ClipSet:
    return clips(TAGS, np.random.default_rng(0).normal(0, 1, (len(TAGS), 2, 15, 40)).astype(np.float32))


@pytest.fixture(scope="module")
def drawn() -> list[tuple[float, float]]:
    items = TrainingClips(numbered(), SETTINGS, 0, 1600)
    return [(float(seen[0]), float(target)) for seen, target in (items[index] for index in range(len(items)))]


def test_real_and_fake_take_turns(drawn: list[tuple[float, float]]) -> None:
    assert [target for _, target in drawn[:4]] == [0, 1, 0, 1]
    assert all(TAGS[int(position)].fake == bool(target) for position, target in drawn)


def test_sources_and_kinds_are_drawn_as_often_whatever_their_size(drawn: list[tuple[float, float]]) -> None:
    sources = Counter(TAGS[int(position)].source for position, target in drawn if not target)
    kinds = Counter(TAGS[int(position)].made for position, target in drawn if target)
    assert sources["float"] / sources.total() == pytest.approx(0.5, abs=0.1)
    assert kinds["other_person"] / kinds.total() == pytest.approx(0.5, abs=0.1)


def test_a_clip_and_its_augmented_copy_are_drawn_as_often(drawn: list[tuple[float, float]]) -> None:
    assert np.mean([position % 1 for position, _ in drawn]) == pytest.approx(0.25, abs=0.05)


def test_an_epoch_can_be_drawn_again_and_another_is_another() -> None:
    def positions(epoch: int) -> list[float]:
        items = TrainingClips(numbered(), SETTINGS, epoch, 40)
        return [float(items[index][0][0]) for index in range(40)]

    assert positions(1) == positions(1) != positions(2)


def test_training_leaves_a_checkpoint_that_answers_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = train(SETTINGS, described(), described(), tmp_path / "drift.pt")
    again = train(SETTINGS, described(), described(), tmp_path / "drift.pt")
    logits = clip_logits(network, described())
    assert logits.shape == (len(TAGS),)
    np.testing.assert_array_equal(clip_logits(again, described()), logits)
    assert capsys.readouterr().out.count("epoch 1") == 1


def test_a_network_takes_its_scale_from_clips_as_services_measure_them(tmp_path: Path) -> None:
    taught = described()
    assert taught.inputs is not None
    taught.inputs[:, 0] += 5  # of the clips themselves, not of their augmented copies
    network = train(SETTINGS, taught, taught, tmp_path / "drift.pt")
    assert float(network.standardise.mean.mean()) == pytest.approx(5, abs=0.1)  # type: ignore[union-attr, operator, arg-type]


def test_clips_that_were_not_measured_are_refused() -> None:
    with pytest.raises(ValueError, match="computed inputs"):
        clip_logits(torch.nn.Identity(), clips(TAGS))


def test_a_network_without_training_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\[training\]"):
        train(SETTINGS.model_copy(update={"training": None}), described(), described(), tmp_path / "drift.pt")
