"""The two networks as the one ONNX file that serving runs, with the proof that both say the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch

from av_sync_svc.lips import LIP_VALUES, SPECTRA_PER_LOOK, SPECTRUM
from colab_training.export import MAX_DIFFERENCE, MODEL_FILE, forget_traces
from colab_training.lip_sync.network import Mirrored
from kit.models.onnx import OnnxSession
from telltale.model.v1 import card_pb2

LIPS, SOUND = "lips", "sound"
LIPS_EMBEDDING, SOUND_EMBEDDING = "lips_embedding", "sound_embedding"
_LOOKS, _HEARD = 60, 90


def export_network(network: Mirrored, folder: Path) -> Path:
    """Writes `model.onnx` with free lengths of time into `folder`.

    Raises ValueError when it differs from the network by more than `MAX_DIFFERENCE`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    looks, heard = torch.export.Dim("looks", min=8), torch.export.Dim("heard", min=8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecated parts
        torch.onnx.export(
            network.cpu().eval(),
            example(_LOOKS, _HEARD),
            str(path),
            input_names=[LIPS, SOUND],
            output_names=[LIPS_EMBEDDING, SOUND_EMBEDDING],
            dynamic_shapes=({1: looks}, {1: SPECTRA_PER_LOOK * heard}),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    forget_traces(path)
    difference = parity(network, path)
    print(f"torch and ONNX differ by at most {difference:.1e}")
    return path


def parity(network: Mirrored, path: Path) -> float:
    """Largest difference of embeddings over stretches of several lengths. Raises ValueError above `MAX_DIFFERENCE`."""
    session = OnnxSession.open(path)
    worst = 0.0
    for looks in (25, _LOOKS, 125):
        lips, sound = example(looks, looks + 30)
        with torch.inference_mode():
            expected = network(lips, sound)
        found = session.run({LIPS: lips.numpy(), SOUND: sound.numpy()})
        for name, tensor in zip((LIPS_EMBEDDING, SOUND_EMBEDDING), expected, strict=True):
            worst = max(worst, float(np.abs(found[name] - tensor.numpy()).max()))
    if worst > MAX_DIFFERENCE:
        raise ValueError(f"{path} differs from the network by {worst:.2g}; do not ship it")
    return worst


def example(looks: int, heard: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Lips and sound of some lengths, noise of about their usual size."""
    generator = torch.Generator().manual_seed(0)
    lips = 0.05 * torch.randn(1, looks, LIP_VALUES, generator=generator)
    return lips, 2 * torch.randn(1, SPECTRA_PER_LOOK * heard, SPECTRUM.bands, generator=generator)


def signatures(dimensions: int) -> tuple[list[card_pb2.TensorSignature], list[card_pb2.TensorSignature]]:
    """Inputs and outputs as the card lists them."""
    inputs = [
        _tensor(LIPS, [1, -1, LIP_VALUES], "look", "lip_series of a mouth"),
        _tensor(SOUND, [1, -1, SPECTRUM.bands], "spectrum", "sound_series around it, four spectra a look"),
    ]
    outputs = [
        _tensor(LIPS_EMBEDDING, [1, -1, dimensions], "look", "embedding of the lips"),
        _tensor(SOUND_EMBEDDING, [1, -1, dimensions], "look", "embedding of the sound"),
    ]
    return inputs, outputs


def _tensor(name: str, shape: list[int], over: str, meaning: str) -> card_pb2.TensorSignature:
    return card_pb2.TensorSignature(
        name=name, dtype="float32", shape=shape, axes=["batch", over, "value"], meaning=meaning
    )
