"""What the notebook shows of the face test is what the network was shown, and what it said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.face_report import JudgedFaces, training_examples
from colab_training.manifest import Sample
from colab_training.pictures import FacePicture, FoundFace
from colab_training.settings import load_settings

CONFIG = Path(__file__).parents[3] / "colab_training" / "configs" / "smoke" / "face_spatial.toml"
LANDMARKS = np.array([[80, 80], [120, 80], [100, 100], [85, 120], [115, 120]], np.float32)


def sample(number: int) -> Sample:
    return Sample(f"swap_dfdc/{number}.jpg", number % 2 == 1, "kind", "fit", str(number))


def test_examples_are_the_crops_of_the_training_in_its_order() -> None:
    face = FoundFace((60.0, 50.0, 140.0, 150.0), LANDMARKS)
    faces = [FacePicture(sample(number), np.full((200, 200, 3), 128, np.uint8), face) for number in range(2)]
    examples = training_examples(load_settings(CONFIG), faces, 4)
    assert [title for title, _ in examples] == ["real", "fake", "real", "fake"]
    assert all(picture.shape == (96, 96, 3) and 64 < np.median(picture) < 192 for _, picture in examples)


def test_maps_are_shown_of_the_most_and_the_least_suspicious() -> None:
    ratios = np.array([0.0, 3.0, -2.0, 1.0, -1.0])
    crops = [np.full((8, 8, 3), number, np.uint8) for number in range(5)]
    judged = JudgedFaces([sample(n) for n in range(5)], ratios, crops, np.zeros((5, 2, 2), np.float32))
    shown = judged.mapped(4)
    assert [int(face.crop[0, 0, 0]) for face in shown] == [1, 3, 4, 2]
    assert shown[0].title == "fake swap_dfdc\nLLR +3.00"
