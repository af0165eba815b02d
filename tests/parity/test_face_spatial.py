"""What training computed is what serving computes: the same crop, and torch and ONNX agree on a real photo."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.dataset import PlainFaces  # noqa: E402 - needs torch
from colab_training.export import (  # noqa: E402
    INPUT,
    LOGIT,
    MAP,
    export_onnx,
    parity,
    round_to_halves,
    store_in_halves,
)
from colab_training.manifest import Sample  # noqa: E402
from colab_training.network import BothSides, fold_norms, mix, pretrained, released  # noqa: E402
from colab_training.pictures import FacePicture, FoundFace, read_picture  # noqa: E402
from image_svc.cues.face_spatial import FaceSpatialCue  # noqa: E402
from kit.models.onnx import OnnxSession, open_network  # noqa: E402
from kit.models.registry import Registry  # noqa: E402
from kit.vision.faces import Face  # noqa: E402
from kit.vision.yolo import open_finder  # noqa: E402

ROOT = Path(__file__).parents[2]
SIDE_PX = 64


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(ROOT / "models")


@pytest.fixture(scope="module")
def portrait(registry: Registry) -> tuple[np.ndarray, Face]:
    pixels = read_picture(ROOT / "samples" / "portrait.jpg")
    return pixels, open_finder(registry.load("face_finder")).find(pixels)[0]


@pytest.fixture(scope="module")
def network() -> BothSides:
    torch.manual_seed(0)
    made = pretrained(dropout=0.3)
    torch.nn.init.normal_(made.head.weight, std=0.3)  # logits large enough for a difference to show
    return BothSides(made).eval()


class RememberingSession:
    """Answers zeros and keeps the tensor that it was given."""

    def __init__(self) -> None:
        self.seen = np.zeros(0)

    def run(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        self.seen = inputs[INPUT]
        return {LOGIT: np.zeros(len(self.seen), np.float32), MAP: np.zeros((len(self.seen), 6, 6), np.float32)}


def test_serving_shows_the_network_the_tensor_that_training_measured(
    portrait: tuple[np.ndarray, Face], registry: Registry
) -> None:
    pixels, face = portrait
    model, session = registry.load("face_spatial"), RememberingSession()
    FaceSpatialCue(session, model).examine(pixels, [face])
    sample = Sample("samples/portrait.jpg", False, "none", "val", "portrait")
    items = [FacePicture(sample, pixels, FoundFace(face.box_px, face.landmarks_px))]
    np.testing.assert_array_equal(session.seen[0], PlainFaces(items, model.card.image_preprocessing)[0][0].numpy())


def test_torch_and_onnx_agree_for_any_number_of_faces(network: BothSides, tmp_path: Path) -> None:
    path = export_onnx(network, SIDE_PX, tmp_path)
    for faces in (1, 3):
        tensors = np.random.default_rng(faces).normal(0, 0.5, (faces, 3, SIDE_PX, SIDE_PX)).astype(np.float32)
        assert parity(network, path, tensors) < 1e-3


def test_a_file_that_says_something_else_is_not_shipped(network: BothSides, tmp_path: Path) -> None:
    path = export_onnx(network, SIDE_PX, tmp_path)
    torch.manual_seed(1)
    other = pretrained(dropout=0.3)
    torch.nn.init.normal_(other.head.weight, std=0.3)
    with pytest.raises(ValueError, match="do not ship"):
        parity(BothSides(other).eval(), path, np.ones((1, 3, SIDE_PX, SIDE_PX), np.float32))


def test_the_map_averages_to_the_logit(network: BothSides, tmp_path: Path) -> None:
    session = OnnxSession.open(export_onnx(network, SIDE_PX, tmp_path))
    answer = session.run({INPUT: np.random.default_rng(0).normal(0, 0.5, (2, 3, SIDE_PX, SIDE_PX)).astype(np.float32)})
    assert answer[MAP].shape == (2, 2, 2)
    np.testing.assert_allclose(answer[MAP].mean(axis=(1, 2)), answer[LOGIT], atol=1e-4)


def test_a_face_and_its_mirror_image_get_one_answer(network: BothSides, tmp_path: Path) -> None:
    session = OnnxSession.open(export_onnx(network, SIDE_PX, tmp_path))
    face = np.random.default_rng(0).normal(0, 0.5, (1, 3, SIDE_PX, SIDE_PX)).astype(np.float32)
    seen, mirrored = session.run({INPUT: face}), session.run({INPUT: np.ascontiguousarray(face[..., ::-1])})
    np.testing.assert_allclose(seen[LOGIT], mirrored[LOGIT], atol=1e-4)
    np.testing.assert_allclose(seen[MAP], mirrored[MAP][..., ::-1], atol=1e-3)


def test_training_goes_on_from_what_was_exported(tmp_path: Path) -> None:
    torch.manual_seed(3)
    networks = BothSides(*(pretrained(dropout=0.3) for _ in range(2)))
    for network in (networks.network, networks.partner):
        fold_norms(network)
    with torch.no_grad():  # what two networks share an exporter writes once
        for parameter in networks.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.01)
    round_to_halves(networks)
    path = export_onnx(networks, SIDE_PX, tmp_path)
    store_in_halves(path)
    again = BothSides(*(released(path, part, dropout=0.3) for part in ("network", "partner")))
    parity(again.eval(), path, torch.randn(2, 3, SIDE_PX, SIDE_PX).numpy())


def test_a_file_without_the_part_is_no_start(network: BothSides, tmp_path: Path) -> None:
    path = export_onnx(network, SIDE_PX, tmp_path)
    with pytest.raises(ValueError, match="holds no 'partner'"):
        released(path, "partner", dropout=0.3)


def test_what_is_shipped_lies_between_the_earlier_weights_and_the_new_ones() -> None:
    earlier, new = (pretrained(dropout=0.3) for _ in range(2))
    torch.nn.init.constant_(earlier.head.bias, 1.0)
    torch.nn.init.constant_(new.head.bias, 3.0)
    mix(new, earlier, 0.25)
    assert new.head.bias.tolist() == [2.5]
    assert earlier.head.bias.tolist() == [1.0]


@pytest.mark.parametrize("version", ["4.0.0", "5.0.0", "5.0.1"])
def test_the_shipped_network_fits_its_card(registry: Registry, version: str) -> None:
    model = registry.load("face_spatial", version)
    side_px = model.card.image_preprocessing.height_px
    answer = open_network(model).run({INPUT: np.zeros((1, 3, side_px, side_px), np.float32)})
    assert answer[LOGIT].shape == (1,)
    assert answer[MAP].shape == tuple(abs(size) for size in model.card.outputs[1].shape)
    assert sum(artefact.size_bytes for artefact in model.card.artefacts) <= 25e6


@pytest.mark.parametrize("name", ["portrait.jpg", "portrait_blended_face.jpg", "portrait_spliced_eyes.jpg"])
def test_the_small_variant_says_what_its_original_says(registry: Registry, name: str) -> None:
    variant = registry.load("face_spatial", "5.0.1")
    pixels = read_picture(ROOT / "samples" / name)
    faces = open_finder(registry.load("face_finder")).find(pixels)
    original = registry.load("face_spatial", variant.card.variant_of)
    said = [FaceSpatialCue(open_network(model), model).examine(pixels, faces).finding for model in (original, variant)]
    assert said[0].log_likelihood_ratio == pytest.approx(said[1].log_likelihood_ratio, abs=0.15)
    assert said[0].log_likelihood_ratio != said[1].log_likelihood_ratio, "one network was asked twice"
