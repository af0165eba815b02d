r"""Makes an int8 variant of a model, holds it against its original, and writes its folder if it has lost nothing.

Run: python -m colab_training.quantise --model face_spatial --config colab_training/configs/quantise.toml --data ../shared/data \
         --models models --docs docs/models.md     (about four minutes on two cores)
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2

from colab_training.quantise.card import Judged, Measured, measure, size_ratio, write_variant
from colab_training.quantise.compare import Proof, speed
from colab_training.quantise.graph import quantised
from colab_training.quantise.processor import processor
from colab_training.quantise.settings import QuantiseSettings, load_quantise_settings
from colab_training.quantise.subjects import SUBJECTS, JudgedSubject, Places, Subject
from colab_training.quantise.table import row, write_row
from kit.models.card import LoadedModel
from kit.models.onnx import OnnxSession
from kit.models.registry import Registry

_TIMED = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    settings = load_quantise_settings(options.config)
    how = settings.models[options.model]
    original = Registry(options.models).load(options.model, how.of)
    subject = SUBJECTS[options.model](original, Places(options.data, options.models, options.cache))
    command = (
        f"python -m colab_training.quantise --model {options.model} --config {options.config} --data ../shared/data"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        proof, judged = made(original, subject, settings, path)
        objections = proof.objections(settings.proof)
        cells = row(options.model, how.version, how.of, proof, objections)
        print("\n".join(cells))
        write_row(options.docs, cells)
        if judged is not None and not objections:
            write_variant(original, how, *judged, path, command, processor())
            shipped = options.models / options.model / how.version
            shipped.mkdir(parents=True, exist_ok=True)
            for file in Path(folder).iterdir():
                shutil.copy(file, shipped)


def made(
    original: LoadedModel, subject: Subject, settings: QuantiseSettings, path: Path
) -> tuple[Proof, tuple[Judged, Measured] | None]:
    """The network at `path`, what speaks for it, and what it says of part val; None of a subject that is only shown."""
    how = settings.models[original.card.name]
    examples = list(subject.examples(how.examples, settings.seed))
    quantised(original.artefact(path.name), examples, how, path.parent)
    sessions = OnnxSession.open(original.artefact(path.name)), OnnxSession.open(path)
    timed = speed(*sessions, examples[:_TIMED])
    if not isinstance(subject, JudgedSubject):
        return Proof(timed, size_ratio(original, path)), None
    parts = (Judged(subject.samples(name), *subject.judged(sessions, name)) for name in ("calibration", "val"))
    calibration, val = parts
    found = measure(original, calibration, val, timed, path)
    return found.proof, (val, found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.quantise", description=__doc__)
    parser.add_argument("--model", choices=sorted(SUBJECTS), required=True, help="name of the model")
    parser.add_argument("--config", type=Path, required=True, help="TOML file of all variants")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv")
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder of models, for reading and writing")
    parser.add_argument("--docs", type=Path, default=Path("docs/models.md"), help="page with the table of variants")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="faces")
    return parser


if __name__ == "__main__":
    main()
