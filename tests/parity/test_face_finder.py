"""The face finder: torch and ONNX agree at every size, the shipped file fits its card, and it finds the faces of the samples."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")
pytest.importorskip("ultralytics", reason="the training environment is not installed")

from colab_training.face_finder.export import answering_plainly, export_onnx, parity  # noqa: E402 - needs torch
from colab_training.face_finder.settings import load_settings  # noqa: E402
from colab_training.face_finder.train import prepare_ultralytics, write_architecture  # noqa: E402
from colab_training.teacher.mtcnn import open_teacher  # noqa: E402
from kit.models.onnx import open_network  # noqa: E402
from kit.models.registry import Registry  # noqa: E402
from kit.vision.yolo import INPUT, OUTPUT, YoloFaceFinder, open_finder  # noqa: E402
from tests.support.image import sample  # noqa: E402

ROOT = Path(__file__).parents[2]
SMOKE = ROOT / "colab_training" / "configs" / "smoke" / "face_finder.toml"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> torch.nn.Module:
    folder = tmp_path_factory.mktemp("face_finder")
    prepare_ultralytics(folder)
    from colab_training.face_finder.trainer import FacePoseModel

    torch.manual_seed(0)
    description = str(write_architecture(load_settings(SMOKE).network, folder))
    model = FacePoseModel(description, nc=1, ch=3, data_kpt_shape=[5, 3], verbose=False)
    return answering_plainly(model.eval())


@pytest.fixture(scope="module")
def finder() -> YoloFaceFinder:
    return open_finder(Registry(ROOT / "models").load("face_finder"))


def test_torch_and_onnx_agree_at_any_size(network: torch.nn.Module, tmp_path: Path) -> None:
    path = export_onnx(network, 128, tmp_path)
    for sides in ((128, 128), (256, 128), (64, 320)):
        assert parity(network, path, sides) < 1e-2


def test_a_file_that_says_something_else_is_not_shipped(network: torch.nn.Module, tmp_path: Path) -> None:
    path = export_onnx(network, 128, tmp_path)
    other = type(network)(network.yaml, nc=1, ch=3, data_kpt_shape=[5, 3], verbose=False)
    with pytest.raises(ValueError, match="do not ship"):
        parity(answering_plainly(other.eval()), path, (128, 128))


def test_layers_in_bfloat16_answer_in_float32(network: torch.nn.Module) -> None:
    mixed = type(network)(network.yaml, nc=1, ch=3, data_kpt_shape=[5, 3], verbose=False).train()
    mixed.mixed_precision = True
    answer = mixed(torch.zeros(2, 3, 64, 64))
    assert {answer[name].dtype for name in ("boxes", "scores", "kpts")} == {torch.float32}


def test_the_shipped_network_fits_its_card() -> None:
    model = Registry(ROOT / "models").load("face_finder")
    for side in model.card.image_preprocessing.letterbox.sides_px:
        answer = open_network(model).run({INPUT: np.zeros((1, 3, side, side), np.float32)})[OUTPUT]
        assert answer.shape == (1, 20, sum((side // stride) ** 2 for stride in (8, 16, 32)))
    assert sum(artefact.size_bytes for artefact in model.card.artefacts) <= 25e6


def test_the_portrait_has_the_face_that_the_teacher_finds(finder: YoloFaceFinder) -> None:
    picture = sample("portrait.jpg")
    (face,), (taught,) = finder.find(picture), open_teacher(ROOT / "models").find(picture)
    assert face.longer_side_px == pytest.approx(taught.longer_side_px, rel=0.2)
    between_eyes = math.dist(*taught.landmarks_px[:2].tolist())
    assert np.linalg.norm(face.landmarks_px - taught.landmarks_px, axis=1).mean() < 0.25 * between_eyes


def test_landmarks_are_eyes_nose_mouth_from_left_to_right_of_the_picture(finder: YoloFaceFinder) -> None:
    left_eye, right_eye, nose, left_mouth, right_mouth = finder.find(sample("portrait.jpg"))[0].landmarks_px
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])


def test_faces_of_different_sizes_come_largest_first(finder: YoloFaceFinder) -> None:
    picture = sample("portrait.jpg")
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    both = np.zeros((picture.shape[0], picture.shape[1] + half.shape[1], 3), dtype=np.uint8)
    both[: half.shape[0], : half.shape[1]] = half
    both[:, half.shape[1] :] = picture
    large, small = finder.find(both)
    assert large.longer_side_px / small.longer_side_px == pytest.approx(2, abs=0.4)
    assert small.box_px[2] < half.shape[1] < large.box_px[0]


def test_a_face_that_fills_the_picture_is_found(finder: YoloFaceFinder) -> None:
    picture = sample("portrait.jpg")
    left, top, right, bottom = (round(edge) for edge in finder.find(picture)[0].box_px)
    (face,) = finder.find(picture[top:bottom, left:right])
    assert face.longer_side_px == pytest.approx(bottom - top, rel=0.2)


def test_pictures_without_a_face_have_none(finder: YoloFaceFinder) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert finder.find(noise) == finder.find(sample("coffee.jpg")) == finder.find(sample("cat.jpg")) == []


@pytest.mark.parametrize("shape", [(1, 1), (5, 900), (900, 5), (12, 12)])
def test_tiny_and_thin_pictures_are_no_trouble(finder: YoloFaceFinder, shape: tuple[int, int]) -> None:
    assert finder.find(np.zeros((*shape, 3), dtype=np.uint8)) == []
