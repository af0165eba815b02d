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

SETTINGS = settings("face_drift", recorded_share=0.25)
TAGS = [
    *(a_tag("grid_s1", name=str(number)) for number in range(8)),
    a_tag("float", name="alone"),
    *(a_tag("grid_s1", fake=True, name=str(number)) for number in range(3)),
    *(a_tag("grid_s1", made=REENCODED, name=str(number)) for number in range(4)),
    *(a_tag("grid_s1", fake=True, made="own_face", name=str(number)) for number in range(5)),
    a_tag("grid_s1", fake=True, made="other_person", name="one"),
]


def numbered() -> ClipSet:
    """Clips whose features, of both variants, are their position."""
    positions = np.arange(len(TAGS), dtype=np.float16)
    return clips(TAGS, np.broadcast_to(positions[:, None, None], (len(TAGS), 2, 1)))


def described() -> ClipSet:
    return clips(TAGS, np.random.default_rng(0).normal(0, 1, (len(TAGS), 2, 16, 1280)).astype(np.float16))


@pytest.fixture(scope="module")
def drawn() -> list[tuple[int, float]]:
    items = TrainingClips(numbered(), SETTINGS, 0, 1600)
    return [(int(seen[0]), float(target)) for seen, target in (items[index] for index in range(len(items)))]


def test_real_and_fake_take_turns(drawn: list[tuple[int, float]]) -> None:
    assert [target for _, target in drawn[:4]] == [0, 1, 0, 1]
    assert all(TAGS[position].fake == bool(target) for position, target in drawn)


def test_recorded_clips_have_their_share_of_both_classes(drawn: list[tuple[int, float]]) -> None:
    for fake in (0, 1):
        made = [TAGS[position].made == "recorded" for position, target in drawn if target == fake]
        assert np.mean(made) == pytest.approx(0.25, abs=0.05)


def test_sources_and_kinds_are_drawn_as_often_whatever_their_size(drawn: list[tuple[int, float]]) -> None:
    sources = Counter(
        TAGS[position].source for position, target in drawn if not target and TAGS[position].made == "recorded"
    )
    kinds = Counter(TAGS[position].made for position, target in drawn if target and TAGS[position].made != "recorded")
    assert sources["float"] / sources.total() == pytest.approx(0.5, abs=0.1)
    assert kinds["other_person"] / kinds.total() == pytest.approx(0.5, abs=0.1)


def test_an_epoch_can_be_drawn_again_and_another_is_another() -> None:
    def positions(epoch: int) -> list[int]:
        items = TrainingClips(numbered(), SETTINGS, epoch, 40)
        return [int(items[index][0][0]) for index in range(40)]

    assert positions(1) == positions(1) != positions(2)


def test_training_leaves_a_checkpoint_that_answers_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = train(SETTINGS, described(), described(), tmp_path / "drift.pt")
    again = train(SETTINGS, described(), described(), tmp_path / "drift.pt")
    logits = clip_logits(network, described())
    assert logits.shape == (len(TAGS),)
    np.testing.assert_array_equal(clip_logits(again, described()), logits)
    assert capsys.readouterr().out.count("epoch 1") == 1


def test_clips_that_were_not_encoded_are_refused() -> None:
    with pytest.raises(ValueError, match="encoding"):
        clip_logits(torch.nn.Identity(), clips(TAGS))


def test_a_network_without_training_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\[training\]"):
        train(SETTINGS.model_copy(update={"training": None}), described(), described(), tmp_path / "drift.pt")
