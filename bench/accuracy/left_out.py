"""Trains the face network without one source at a time and asks it about that source: `python -m bench.accuracy.left_out`.

Two recipes at the same short schedule: "plain" (JPEG and resizing only) and "ours" (blended fakes, the whole equalisation). A
run that was done before is not done again; an interrupted one goes on from its last epoch.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2

from bench.accuracy.report import LEFT_OUT_FILE
from bench.accuracy.test_sets import partners, pool
from colab_training import training
from colab_training.dataset import PlainFaces, preprocessing
from colab_training.evaluation import source_auc
from colab_training.face_spatial import MAX_PARAMETERS, train
from colab_training.manifest import Sample, part, read_manifest
from colab_training.metrics import Estimate
from colab_training.network import FaceSpatialNet
from colab_training.parallel import run_team
from colab_training.pictures import FacePicture, FoundFace, face_pictures, teacher_faces
from colab_training.settings import RunSettings, load_settings
from colab_training.source_equalisation import equalise_first, fitting, made_alike

LEFT_OUT = ("gan_genphotos", "stylegan2_tpdne", "splice_ciplab", "swap_dfdc")
RECIPES = ("plain", "ours")
CONFIGS = Path("colab_training/configs/left_out")
COMMAND = "python -m bench.accuracy.left_out --data ../shared/data --out bench/out --docs docs"
_WATCHED = 60


@dataclass(frozen=True)
class Faces:
    """All labelled pictures, where they are and where their faces are."""

    root: Path
    samples: Sequence[Sample]
    found: Mapping[str, FoundFace]

    def pictures(self, samples: Sequence[Sample]) -> list[FacePicture]:
        """Decoded, those with a face."""
        return face_pictures(self.root, samples, self.found)


def without(settings: RunSettings, source: str) -> RunSettings:
    """The same run, never shown a source."""
    shares = settings.shares.model_copy(
        update={
            "real": {name: share for name, share in settings.shares.real.items() if name != source},
            "fake": {name: share for name, share in settings.shares.fake.items() if name != source},
        }
    )
    return settings.model_copy(update={"shares": shares})


def run(faces: Faces, settings: RunSettings, source: str, checkpoint: Path) -> dict[str, Any]:
    """Trains without the source and measures on split val of every source and on all pictures of the one left out."""
    started = time.monotonic()
    own = without(settings, source)
    used = own.shares.real.keys() | own.shares.fake.keys()
    fit = faces.pictures([sample for sample in part(faces.samples, "fit") if sample.source in used])
    learned = equalise_first(fit, own.equalise_first)
    watched = faces.pictures(part(faces.samples, "calibration")[:_WATCHED])
    work = functools.partial(train, own, learned, watched, checkpoint)
    network = run_team(own.training.processes, MAX_PARAMETERS, work).average.cpu()
    left_out = [sample for sample in pool(faces.samples) if sample.source == source]
    tests = {"val": part(faces.samples, "val"), "left_out": left_out}
    return {
        "fit_on": dict(Counter(picture.sample.source for picture in fit)),
        "areas": {name: areas(faces, network, own, chosen) for name, chosen in tests.items()},
        "minutes": round((time.monotonic() - started) / 60, 1),
    }


def areas(
    faces: Faces, network: FaceSpatialNet, settings: RunSettings, samples: Sequence[Sample]
) -> dict[str, dict[str, Estimate]]:
    """AUC of the network's logit by form of the pictures ("filed", "alike") and source."""
    filed, alike = [], []
    for own in partners(samples).values():
        pictures = faces.pictures(own)
        how = fitting(pictures)
        filed += pictures
        alike += [made_alike(picture, how) for picture in pictures]
    return {"filed": _areas(network, settings, filed), "alike": _areas(network, settings, alike)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    root, cache = options.data / "faces", options.cache / "left_out"
    samples = read_manifest(root)
    faces = Faces(root, samples, teacher_faces(root, samples, options.models, options.cache))
    runs = {}
    for source in options.sources:
        for recipe in options.recipes:
            config = options.configs / f"{recipe}.toml"
            runs[f"{recipe}, without {source}"] = _kept(faces, config, source, cache)
            _write({"command": COMMAND, "runs": runs}, options.out, options.docs)


def _kept(faces: Faces, config: Path, source: str, cache: Path) -> dict[str, Any]:
    key = f"{config.stem}-{source}-{hashlib.sha256(config.read_bytes()).hexdigest()[:12]}"
    path, checkpoint = cache / f"{key}.json", cache / f"{key}.pt"
    if not path.is_file():
        print(f"{config.stem}, without {source}", flush=True)
        found = run(faces, load_settings(config), source, checkpoint)
        path.write_text(json.dumps(found, default=asdict), encoding="utf-8")
        checkpoint.unlink()
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return known


def _write(document: Mapping[str, Any], out: Path, docs: Path | None) -> None:
    text = json.dumps(document, indent=2) + "\n"
    for folder in [out, *([docs / "accuracy"] if docs else [])]:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LEFT_OUT_FILE).write_text(text, encoding="utf-8")


def _areas(network: FaceSpatialNet, settings: RunSettings, pictures: Sequence[FacePicture]) -> dict[str, Estimate]:
    plain = PlainFaces(pictures, preprocessing(settings.network, settings.network.side_px))
    samples = [picture.sample for picture in pictures]
    measured = source_auc(samples, training.logits(network, plain, training.CPU))
    return {name: estimate for name, estimate in measured.items() if estimate.value == estimate.value}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.left_out", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/")
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for left_out.json")
    parser.add_argument("--docs", type=Path, help="documentation folder; the result is recorded in its accuracy/")
    parser.add_argument("--models", type=Path, default=Path("models"), help="model registry")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="faces and finished runs")
    parser.add_argument("--configs", type=Path, default=CONFIGS, help="folder with a TOML file per recipe")
    parser.add_argument("--recipes", nargs="+", default=RECIPES, help="names of these files")
    parser.add_argument("--sources", nargs="+", default=LEFT_OUT, help="sources to leave out")
    return parser


if __name__ == "__main__":
    main()
