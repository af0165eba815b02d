"""What training computed is what serving computes: torch and ONNX agree on patches of a real photo, residuals included."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.export import export_onnx, parity  # noqa: E402 - needs torch
from colab_training.whole_picture.dataset import preprocessing  # noqa: E402
from colab_training.whole_picture.learning import set_range  # noqa: E402
from colab_training.whole_picture.network import EMBEDDING, WholePictureNet  # noqa: E402
from colab_training.whole_picture.settings import load_settings  # noqa: E402
from image_svc.patches import INPUT, LOGIT, RANGE, Admitted, admit, judge  # noqa: E402
from kit.models.onnx import OnnxSession, open_network  # noqa: E402
from kit.models.registry import Registry  # noqa: E402
from tests.support.image import noisy_picture, sample  # noqa: E402

ROOT = Path(__file__).parents[2]
PREPROCESSING = preprocessing(load_settings(ROOT / "colab_training" / "configs" / "whole_picture.toml").patches)


@pytest.fixture(scope="module", params=[True, False], ids=["colours", "residuals"])
def network(request: pytest.FixtureRequest) -> WholePictureNet:
    torch.manual_seed(0)
    made = WholePictureNet(colours=request.param)
    torch.nn.init.normal_(made.head.weight, std=0.5)  # logits large enough for a difference to show
    return made.eval()


@pytest.fixture(scope="module")
def patches() -> np.ndarray:
    admitted = admit(sample("portrait.jpg"), PREPROCESSING)
    assert isinstance(admitted, Admitted)
    return admitted.tensors


def test_torch_and_onnx_agree_on_patches_of_a_photo(
    network: WholePictureNet, patches: np.ndarray, tmp_path: Path
) -> None:
    path = export_onnx(network, PREPROCESSING.height_px, tmp_path, (INPUT, LOGIT, RANGE))
    assert parity(network, path, patches) < 1e-3
    assert parity(network, path, patches[:1]) < 1e-3


def test_the_range_goes_into_the_file(network: WholePictureNet, patches: np.ndarray, tmp_path: Path) -> None:
    known = [noisy_picture(140, 200, sigma) for sigma in np.linspace(4, 12, 12)]
    set_range(network, known, known, PREPROCESSING)
    session = OnnxSession.open(export_onnx(network, PREPROCESSING.height_px, tmp_path, (INPUT, LOGIT, RANGE)))
    inside = admit(known[5], PREPROCESSING)
    assert isinstance(inside, Admitted)
    assert judge(session, inside.tensors).strangeness < 1 < judge(session, patches).strangeness


def test_flat_grey_has_no_residuals(network: WholePictureNet) -> None:
    grey = torch.full((1, 3, 32, 32), 0.3)
    assert float(network.residuals(grey).abs().max()) < 1e-5


def test_the_shipped_network_fits_its_card() -> None:
    model = Registry(ROOT / "models").load("whole_picture")
    side_px = model.card.image_preprocessing.height_px
    answer = open_network(model).run({INPUT: np.zeros((3, 3, side_px, side_px), np.float32)})
    assert answer[LOGIT].shape == (3,)
    assert answer[RANGE].shape == (3, EMBEDDING)
    assert sum(artefact.size_bytes for artefact in model.card.artefacts) <= 8e6
