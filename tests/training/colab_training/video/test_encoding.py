"""What a network learns from is what services will show it, and augmented copies of that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import torch

from colab_training.network import pretrained
from colab_training.video.clip_set import ClipSet
from colab_training.video.encoding import encoded_clips
from colab_training.video.networks import open_encoder
from kit.convert.clips import to_clip_tensor
from tests.training.colab_training.video.made_up import a_tag, noisy_clips, settings

SETTINGS = settings("face_drift")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "face_spatial.pt"
    torch.manual_seed(0)
    torch.save({"average": pretrained(0.0).state_dict()}, path)
    return path


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def clips() -> ClipSet:
    return noisy_clips([a_tag(name="a"), a_tag(name="b")])


@pytest.fixture(scope="module")
def encoded(clips: ClipSet, checkpoint: Path, cache: Path) -> ClipSet:
    return encoded_clips(clips, SETTINGS, checkpoint, cache)


def test_first_comes_the_clip_as_services_show_it(encoded: ClipSet, checkpoint: Path) -> None:
    tensor = to_clip_tensor(encoded.clip(0), SETTINGS.preprocessing())
    with torch.inference_mode():
        expected = open_encoder(checkpoint, True)(torch.from_numpy(tensor.transpose(1, 0, 2, 3).copy())).numpy()
    assert encoded.features is not None
    assert encoded.features.shape == (2, 2, 16, 1280)
    np.testing.assert_allclose(encoded.features[0, 0], expected, atol=0.01, rtol=0.01)


def test_then_come_copies_each_augmented_in_its_own_way(encoded: ClipSet) -> None:
    assert encoded.features is not None
    plain, copies = encoded.features[:, 0], encoded.features[:, 1]
    np.testing.assert_array_equal(plain[0], plain[1])  # the two clips are alike
    assert (copies[0] != plain[0]).any()
    assert (copies[0] != copies[1]).any()


def test_what_one_network_looks_at_is_kept_for_the_other(
    encoded: ClipSet, clips: ClipSet, checkpoint: Path, cache: Path
) -> None:
    kept = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    middle = encoded_clips(clips, settings("face_motion"), checkpoint, cache)
    assert middle.features is not None
    assert middle.features.shape == (2, 2, 16, 112, 2, 2)
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == kept
