"""From a trained network to the file that serving runs, with the proof that both say the same."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from kit.models.onnx import OnnxSession
from kit.vision.yolo import INPUT, OUTPUT
from telltale.model.v1 import card_pb2

MODEL_FILE = "model.onnx"
# Pixels and probabilities alike; a tenth of a pixel moves no crop.
MAX_DIFFERENCE = 0.1
_OPSET = 18


def load_network(checkpoint: Path) -> nn.Module:
    """The averaged network of a checkpoint of ultralytics, in float32, its normalisations folded into the layers before."""
    content = torch.load(checkpoint, map_location="cpu", weights_only=False)
    network = (content["ema"] or content["model"]).float().eval()
    return answering_plainly(network.fuse(verbose=False).to(memory_format=torch.contiguous_format))


def export_onnx(network: nn.Module, side_px: int, folder: Path) -> Path:
    """Writes `model.onnx` into `folder`; its input may have any height and width that are multiples of 32."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter, which alone keeps these axes free, warns of its age
        torch.onnx.export(
            copy.deepcopy(network),
            (torch.zeros(1, 3, side_px, side_px),),
            str(path),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: {2: "height", 3: "width"}, OUTPUT: {2: "cells"}},
            opset_version=_OPSET,
            dynamo=False,
        )
    return path


def parity(network: nn.Module, path: Path, sides_px: tuple[int, int]) -> float:
    """Largest difference between torch and the exported file on noise of that height and width.

    Raises ValueError when it is more than `MAX_DIFFERENCE`.
    """
    tensor = np.random.default_rng(0).random((1, 3, *sides_px), dtype=np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(tensor)).numpy()
    difference = float(np.abs(OnnxSession.open(path).run({INPUT: tensor})[OUTPUT] - expected).max())
    if not difference <= MAX_DIFFERENCE:
        raise ValueError(f"{path} differs from the network by {difference:.2g}; do not ship it")
    return difference


def signatures() -> tuple[list[card_pb2.TensorSignature], list[card_pb2.TensorSignature]]:
    """Inputs and outputs as the card lists them."""
    picture = card_pb2.TensorSignature(
        name=INPUT,
        dtype="float32",
        shape=[1, 3, -1, -1],
        axes=["batch", "colour", "height", "width"],
        meaning="letterboxed picture, RGB in [0, 1]",
    )
    faces = card_pb2.TensorSignature(
        name=OUTPUT,
        dtype="float32",
        shape=[1, 20, -1],
        axes=["batch", "value", "cell"],
        meaning="centre x, y, width, height, probability, and x, y, visibility of five landmarks; in pixels of the input",
    )
    return [picture], [faces]


def answering_plainly(network: nn.Module) -> nn.Module:
    """The network itself, whose head now answers decoded boxes and landmarks alone, on a grid made for each picture anew."""
    head = list(network.model)[-1]
    head.export, head.dynamic, head.format = True, True, "onnx"
    return network
