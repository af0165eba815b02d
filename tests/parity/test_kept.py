"""What is kept for torch says what the exported file says."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.export import export_onnx, parity  # noqa: E402 - needs torch
from colab_training.keep import SCRIPT_FILE, STATE_FILE, keep, open_script  # noqa: E402
from colab_training.network import BothSides, pretrained  # noqa: E402

SIDE_PX = 64


@pytest.fixture(scope="module")
def network() -> BothSides:
    torch.manual_seed(0)
    made = pretrained(dropout=0.3)
    torch.nn.init.normal_(made.head.weight, std=0.3)  # logits large enough for a difference to show
    return BothSides(made).eval()


@pytest.fixture(scope="module")
def onnx(network: BothSides, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_onnx(network, SIDE_PX, tmp_path_factory.mktemp("onnx"))


def test_torchscript_says_what_onnx_says_for_any_number_of_faces(
    network: BothSides, onnx: Path, tmp_path: Path
) -> None:
    script = open_script(keep(network, SIDE_PX, tmp_path, onnx))
    for faces in (1, 5):
        parity(script, onnx, torch.randn(faces, 3, SIDE_PX, SIDE_PX).numpy())


def test_the_state_dict_makes_the_same_network_again(network: BothSides, onnx: Path, tmp_path: Path) -> None:
    keep(network, SIDE_PX, tmp_path, onnx)
    other = BothSides(pretrained(dropout=0.3))
    other.load_state_dict(torch.load(tmp_path / STATE_FILE, weights_only=True))
    parity(other.eval(), onnx, torch.randn(2, 3, SIDE_PX, SIDE_PX).numpy())


def test_a_network_that_is_not_the_exported_one_is_refused(onnx: Path, tmp_path: Path) -> None:
    torch.manual_seed(1)
    other = pretrained(dropout=0.3)
    torch.nn.init.normal_(other.head.weight, std=0.3)
    with pytest.raises(ValueError, match="do not ship"):
        keep(BothSides(other), SIDE_PX, tmp_path, onnx)
    assert (tmp_path / SCRIPT_FILE).is_file()
