"""What the network is shown: reproducible, balanced, and off the finder's box by a little."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import numpy as np
import torch

from colab_training.dataset import PlainFaces, TrainingFaces, jittered, preprocessing
from colab_training.manifest import Sample
from colab_training.pictures import FacePicture, FoundFace
from colab_training.settings import RunSettings, load_settings
from kit.convert.tensor import to_tensor

CONFIG = Path(__file__).parents[3] / "colab_training" / "configs" / "face_spatial.toml"
LANDMARKS = np.array([[80, 80], [120, 80], [100, 100], [85, 120], [115, 120]], np.float32)


@pytest.fixture(scope="module")
def settings() -> RunSettings:
    return load_settings(CONFIG)


def face(source: str, fake: bool, level: int) -> FacePicture:
    pixels = np.full((200, 200, 3), level, np.uint8)
    sample = Sample(f"{source}/{level}.jpg", fake, "kind", "fit", str(level))
    return FacePicture(sample, pixels, FoundFace((60.0, 50.0, 140.0, 150.0), LANDMARKS))


@pytest.fixture
def faces() -> list[FacePicture]:
    return [face("swap_dfdc", False, 40), face("swap_dfdc", True, 200), face("stylegan2_tpdne", False, 60)]


def test_labels_alternate_so_that_every_batch_is_balanced(faces: list[FacePicture], settings: RunSettings) -> None:
    items = TrainingFaces(faces, settings, preprocessing(settings.network, 64), epoch=0)
    assert [float(items[index][1]) for index in range(6)] == [0, 1, 0, 1, 0, 1]


def test_an_item_depends_on_epoch_and_index_alone(faces: list[FacePicture], settings: RunSettings) -> None:
    first, again, later = (
        TrainingFaces(faces, settings, preprocessing(settings.network, 64), epoch)[4][0] for epoch in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, later)


def test_a_source_without_pictures_is_left_out(faces: list[FacePicture], settings: RunSettings) -> None:
    items = TrainingFaces(faces[:2], settings, preprocessing(settings.network, 64), epoch=0)
    assert all(items[index][0].shape == (3, 64, 64) for index in range(20))


def test_plain_faces_are_what_serving_computes(faces: list[FacePicture], settings: RunSettings) -> None:
    how = preprocessing(settings.network, 96)
    tensor, label = PlainFaces(faces, how)[1]
    np.testing.assert_array_equal(tensor.numpy(), to_tensor(faces[1].pixels, how, faces[1].face.box_px))
    assert float(label) == 1.0


def test_jitter_keeps_the_face_in_the_crop(settings: RunSettings) -> None:
    rng = np.random.default_rng(0)
    boxes = np.array([jittered((60.0, 50.0, 140.0, 150.0), settings.jitter, rng) for _ in range(200)])
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    assert np.abs(centres - 100).max() <= 100 * settings.jitter.shift
    assert boxes[:, 2].std() > 1
