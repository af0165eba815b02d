"""A video network as the ONNX file that serving runs, with the proof that both say the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from colab_training.export import LOGIT, MAX_DIFFERENCE, MODEL_FILE, forget_traces
from colab_training.video.networks import input_shape
from colab_training.video.settings import VideoSettings
from kit.models.onnx import OnnxSession
from telltale.model.v1 import card_pb2

CLIP = "clip"
MOMENTS = 15
"""Pairs of neighbours in a clip of sixteen pictures."""


def export_network(network: nn.Module, settings: VideoSettings, folder: Path) -> Path:
    """Writes `model.onnx` with a free batch axis into `folder`.

    Raises ValueError when it differs from the network by more than `MAX_DIFFERENCE`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    generator = torch.Generator().manual_seed(0)
    example = torch.randn(3, *_shape(settings), generator=generator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecated parts
        torch.onnx.export(
            network.cpu().eval(),
            (example[:2],),
            str(path),
            input_names=[CLIP],
            output_names=[LOGIT],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    forget_traces(path)
    with torch.inference_mode():
        expected = network(example).numpy()
    difference = float(np.abs(OnnxSession.open(path).run({CLIP: example.numpy()})[LOGIT] - expected).max())
    if difference > MAX_DIFFERENCE:
        raise ValueError(f"{path} differs from the network by {difference:.2g}; do not ship it")
    print(f"torch and ONNX differ by at most {difference:.1e}")
    return path


def signatures(settings: VideoSettings) -> tuple[list[card_pb2.TensorSignature], list[card_pb2.TensorSignature]]:
    """Inputs and outputs as the card lists them."""
    shape = _shape(settings)
    axes = ["batch", "moment", "plane", "row", "column"][: len(shape) + 1]
    meaning = {"face_motion": "motion_maps of a clip", "face_drift": "motion_series of a clip"}[settings.name]
    clip = card_pb2.TensorSignature(name=CLIP, dtype="float32", shape=[-1, *shape], axes=axes, meaning=meaning)
    logit = card_pb2.TensorSignature(name=LOGIT, dtype="float32", shape=[-1], axes=["batch"], meaning="logit")
    return [clip], [logit]


def _shape(settings: VideoSettings) -> tuple[int, ...]:
    return MOMENTS, *input_shape(settings.name)
