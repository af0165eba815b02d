"""From a trained network to the file that serving runs, with the proof that both say the same."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper
import torch
from numpy.typing import NDArray
from torch import nn

from colab_training.network import STORED
from kit.models.onnx import OnnxSession
from telltale.model.v1 import card_pb2

MODEL_FILE = "model.onnx"
INPUT, LOGIT, MAP = "face", "logit", "map"
# Logits that differ by less give likelihood ratios that differ by less than a tenth of a percent.
MAX_DIFFERENCE = 1e-3
_LARGE = 1024


def export_onnx(
    network: nn.Module, side_px: int, folder: Path, names: tuple[str, str, str] = (INPUT, LOGIT, MAP)
) -> Path:
    """Writes `model.onnx` with a free batch axis into `folder`; `names` are those of its input and its two outputs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    example = torch.zeros(2, 3, side_px, side_px)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecated parts
        torch.onnx.export(
            network.cpu().eval().to(memory_format=torch.contiguous_format),
            (example,),
            str(path),
            input_names=list(names[:1]),
            output_names=list(names[1:]),
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    forget_traces(path)
    return path


def forget_traces(path: Path) -> None:
    """Takes out of an ONNX file where in whose folders each of its nodes was written down, which the exporter notes in it."""
    model = onnx.load(str(path))
    for entry in (
        model,
        model.graph,
        *model.graph.node,
        *model.graph.value_info,
        *model.graph.input,
        *model.graph.output,
    ):
        del entry.metadata_props[:]
        entry.doc_string = ""
    for function in model.functions:
        del function.metadata_props[:]
        for node in function.node:
            del node.metadata_props[:]
            node.doc_string = ""
    onnx.save(model, str(path))


@torch.no_grad()
def round_to_halves(network: nn.Module) -> None:
    """Rounds the large weights to what float16 can hold, so that `store_in_halves` loses nothing and measurements hold."""
    for parameter in network.parameters():
        if parameter.numel() >= _LARGE:
            parameter.copy_(parameter.half().float())


def store_in_halves(path: Path, prefix: str = "") -> None:
    """Stores the large weights of an ONNX file whose names begin with `prefix` as float16; they are computed with as float32."""
    model = onnx.load(str(path))
    casts = []
    for tensor in list(model.graph.initializer):
        if not tensor.name.startswith(prefix):
            continue
        if tensor.data_type == onnx.TensorProto.FLOAT and math.prod(tensor.dims) >= _LARGE:
            stored = f"{tensor.name}{STORED}"
            half = onnx.numpy_helper.to_array(tensor).astype(np.float16)
            model.graph.initializer.remove(tensor)
            model.graph.initializer.append(onnx.numpy_helper.from_array(half, stored))
            casts.append(onnx.helper.make_node("Cast", [stored], [tensor.name], to=onnx.TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])
    onnx.save(model, str(path))


def parity(network: nn.Module, path: Path, tensors: NDArray[np.float32]) -> float:
    """Largest difference of logits, its first output, between torch and the exported file on tensors (N, 3, H, W).

    Raises ValueError when it is more than `MAX_DIFFERENCE`.
    """
    with torch.inference_mode():
        expected = network.eval()(torch.from_numpy(tensors))[0].numpy()
    session = OnnxSession.open(path)
    answer = session.run(dict.fromkeys(session.inputs, tensors))[session.outputs[0]]
    difference = float(np.abs(answer - expected).max())
    if difference > MAX_DIFFERENCE:
        raise ValueError(f"{path} differs from the network by {difference:.2g}; do not ship it")
    return difference


def signatures(side_px: int) -> tuple[list[card_pb2.TensorSignature], list[card_pb2.TensorSignature]]:
    """Inputs and outputs as the card lists them."""
    cells = side_px // 32
    picture = card_pb2.TensorSignature(
        name=INPUT,
        dtype="float32",
        shape=[-1, 3, side_px, side_px],
        axes=["batch", "colour", "height", "width"],
        meaning="face crop",
    )
    logit = card_pb2.TensorSignature(name=LOGIT, dtype="float32", shape=[-1], axes=["batch"], meaning="logit")
    cell_map = card_pb2.TensorSignature(
        name=MAP,
        dtype="float32",
        shape=[-1, cells, cells],
        axes=["batch", "row", "column"],
        meaning="logit of each cell of the crop; their mean is the logit",
    )
    return [picture], [logit, cell_map]
