r"""Converts MediaPipe's face mesh to ONNX and writes the model `face_landmarks`. Nothing is trained.

Run: python -m colab_training.face_landmarks --wheel mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl \
         --out models/face_landmarks/1.0.0   (needs the package `tflite`, which reads the file's format)
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Sequence
from pathlib import Path

import onnx

from colab_training.card_text import card_markdown
from colab_training.export import MODEL_FILE
from colab_training.face_landmarks.convert import Conversion
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

INSIDE = "mediapipe/modules/face_landmark/face_landmark.tflite"
INPUT, POINTS, PRESENCE = "face", "points", "presence"
NOTES = """The network of Kartynnik, Ablavatski, Grishchenko and Grundmann, "Real-time Facial Surface Geometry from Monocular
Video on Mobile GPUs" (CVPR workshops 2019), from the Python package `mediapipe` 0.10.21, unchanged but for its form: our own
converter (`colab_training/face_landmarks/convert.py`) turned TensorFlow Lite into ONNX. On noise and on grey the two differ
by at most 1.4e-4 pixels. 468 points of the face's surface, x and y in pixels of a square of 192 px, z in about the same
unit."""


def card(folder: Path) -> card_pb2.ModelCard:
    """The card for the network in `folder`."""
    face = _tensor(
        INPUT, [-1, 3, 192, 192], ["batch", "colour", "height", "width"], "RGB square around a face, in [0, 1]"
    )
    points = _tensor(POINTS, [-1, 1404], ["batch", "value"], "x, y, z of 468 points, in pixels of the square")
    presence = _tensor(PRESENCE, [-1, 1], ["batch", "value"], "logit that there is a face")
    return card_pb2.ModelCard(
        name="face_landmarks",
        version="1.0.0",
        modality="image",
        task="Finds 468 points of the surface of a face.",
        licence="Apache-2.0",
        authors=["The MediaPipe Authors"],
        created="2026-11-23",
        training_command="none: python -m colab_training.face_landmarks converts weights of the package mediapipe 0.10.21",
        artefacts=[describe_artefact(folder / MODEL_FILE, card_pb2.ARTEFACT_FORMAT_ONNX)],
        inputs=[face],
        outputs=[points, presence],
        limits=[
            "One face a square, upright to within some 20 degrees, its longer side about two thirds of the square.",
            "Covered mouths and profiles get plausible points that nothing in the picture supports.",
        ],
    )


def _tensor(name: str, shape: Sequence[int], axes: Sequence[str], meaning: str) -> card_pb2.TensorSignature:
    return card_pb2.TensorSignature(name=name, dtype="float32", shape=shape, axes=axes, meaning=meaning)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m colab_training.face_landmarks", description=__doc__)
    parser.add_argument("--wheel", type=Path, required=True, help="the package mediapipe as a wheel")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    options = parser.parse_args(arguments)
    with zipfile.ZipFile(options.wheel) as wheel:
        model = Conversion(wheel.read(INSIDE)).convert([INPUT], [POINTS, PRESENCE])
    options.out.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(options.out / MODEL_FILE))
    loaded = write_card(card(options.out), options.out)
    (options.out / "CARD.md").write_text(card_markdown(loaded.card, NOTES), encoding="utf-8")


if __name__ == "__main__":
    main()
