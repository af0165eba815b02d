"""From the judge to the file that serving runs, with the proof that both say the same."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch

from colab_training.export import MODEL_FILE, forget_traces
from colab_training.speech_files import RATE_HZ, Sound
from colab_training.voice_spoof.judge import VoiceSpoofNet
from kit.models.onnx import OnnxSession
from telltale.model.v1 import card_pb2

INPUT, LOGIT = "sound", "logit"
# Of the logit; a frame that lies on the border of a pause may count on one side and not on the other.
MAX_DIFFERENCE = 0.02


def export_voice(network: VoiceSpoofNet, folder: Path) -> Path:
    """Writes `model.onnx` for any number of windows of any one length."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    example = 0.05 * torch.randn(2, RATE_HZ, generator=torch.Generator().manual_seed(0))
    shape = {0: torch.export.Dim("batch"), 1: torch.export.Dim("samples", min=RATE_HZ // 4)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecated parts
        torch.onnx.export(
            network.cpu().eval(),
            (example,),
            str(path),
            input_names=[INPUT],
            output_names=[LOGIT],
            dynamic_shapes=(shape,),
            dynamo=True,
            optimize=False,  # the optimiser takes small constants for zero: floors of 1e-9 under logarithms would be gone
            external_data=False,
            verbose=False,
        )
    forget_traces(path)
    return path


@torch.inference_mode()
def difference(network: VoiceSpoofNet, path: Path, sounds: list[Sound]) -> float:
    """Largest difference of logits between torch and the exported file over windows of any lengths."""
    session = OnnxSession.open(path)
    apart = [
        abs(float(network(torch.from_numpy(sound)[None])[0]) - float(session.run({INPUT: sound[None]})[LOGIT][0]))
        for sound in sounds
    ]
    return float(np.max(apart))


def signatures() -> tuple[card_pb2.TensorSignature, card_pb2.TensorSignature]:
    """Input and output, for the card."""
    axes = {"dtype": "float32"}
    return (
        card_pb2.TensorSignature(
            name=INPUT, shape=[-1, -1], axes=["batch", "sample"], meaning="mono sound in [-1, 1]", **axes
        ),
        card_pb2.TensorSignature(name=LOGIT, shape=[-1], axes=["batch"], meaning="logit, positive: synthetic", **axes),
    )
