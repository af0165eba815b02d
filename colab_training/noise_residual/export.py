"""From the trained network to the file that serving runs: windows of any size go in."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import nn

from colab_training.export import MODEL_FILE, forget_traces
from colab_training.noise_residual.network import CELL_PX
from telltale.model.v1 import card_pb2

INPUT, LOGIT, MAP = "window", "logit", "map"
_FEWEST_CELLS = 4


def export_windows(network: nn.Module, max_side_px: int, folder: Path) -> Path:
    """Writes `model.onnx` with free batch, height and width into `folder`; sides are multiples of 16 px up to the largest."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    rows, columns = (
        torch.export.Dim(name, min=_FEWEST_CELLS, max=max_side_px // CELL_PX) for name in ("rows", "columns")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecated parts
        torch.onnx.export(
            network.cpu().eval().to(memory_format=torch.contiguous_format),
            # Two different sides, lest the exporter takes them for one.
            (torch.zeros(2, 3, (_FEWEST_CELLS + 1) * CELL_PX, (_FEWEST_CELLS + 2) * CELL_PX),),
            str(path),
            input_names=[INPUT],
            output_names=[LOGIT, MAP],
            dynamic_shapes=({0: torch.export.Dim("batch"), 2: CELL_PX * rows, 3: CELL_PX * columns},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    forget_traces(path)
    return path


def signatures() -> tuple[list[card_pb2.TensorSignature], list[card_pb2.TensorSignature]]:
    """Inputs and outputs as the card lists them."""
    window = card_pb2.TensorSignature(
        name=INPUT,
        dtype="float32",
        shape=[-1, 3, -1, -1],
        axes=["batch", "colour", "height", "width"],
        meaning="window around a face at native resolution",
    )
    logit = card_pb2.TensorSignature(name=LOGIT, dtype="float32", shape=[-1], axes=["batch"], meaning="logit")
    cells = card_pb2.TensorSignature(
        name=MAP,
        dtype="float32",
        shape=[-1, -1, -1],
        axes=["batch", "row", "column"],
        meaning=f"logit of each cell of {CELL_PX} px: was it pasted or redrawn?",
    )
    return [window], [logit, cells]
