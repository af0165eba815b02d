"""Trains the learned face test and writes its model folder.

Run: python -m colab_training.face_spatial --config colab_training/configs/face_spatial.toml --data ../shared/data \
         --out models/face_spatial/5.0.0
Run again after an interruption, it goes on from the last epoch in `--cache`.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2

from colab_training import training
from colab_training.dataset import PlainFaces, TrainingFaces, preprocessing
from colab_training.export import MODEL_FILE
from colab_training.face_spatial_card import Trained, write_model
from colab_training.history import note
from colab_training.keep import keep
from colab_training.manifest import manifest_sha256, part, read_manifest
from colab_training.metrics import auc
from colab_training.network import BothSides, FaceSpatialNet, mix, released
from colab_training.parallel import Team, run_team
from colab_training.pictures import FacePicture, face_pictures, find_faces
from colab_training.settings import RunSettings, load_settings, partner_of
from colab_training.source_equalisation import equalise_first

CHECKPOINT, PARTNER_CHECKPOINT = "face_spatial.pt", "face_spatial_partner.pt"
MAX_PARAMETERS = 4_000_000


def train(
    settings: RunSettings, fit: Sequence[FacePicture], watched: Sequence[FacePicture], checkpoint: Path, team: Team
) -> training.Run:
    """Trains to the last epoch, from the checkpoint if there is one; `watched` is only looked at, by the team's first."""
    run = training.start(settings)
    training.resume(run, checkpoint)
    plain = PlainFaces(watched, preprocessing(settings.network, settings.network.side_px))
    labels = [picture.sample.fake for picture in watched]
    while run.epoch < settings.training.epochs:
        early = run.epoch < settings.training.early_epochs
        side_px = settings.training.early_side_px if early else settings.network.side_px
        items = TrainingFaces(fit, settings, preprocessing(settings.network, side_px), run.epoch)
        loss = training.train_epoch(run, items, len(items), settings.training, team)
        if team.rank == 0:
            training.save(run, checkpoint)
            area = auc(labels, training.logits(run.average, plain, run.device))
            note(checkpoint, run.epoch, loss=loss, auc=area)
            print(f"epoch {run.epoch}: loss {loss:.4f}, AUC on watched faces {area:.4f}", flush=True)
    return run


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    settings = load_settings(options.config)
    root = options.data / "faces"
    samples = read_manifest(root)
    faces = find_faces(root, samples, options.models, options.cache)
    parts = {name: face_pictures(root, part(samples, name), faces) for name in ("fit", "calibration", "val")}
    network, partner = _trained(settings, parts, options.cache / CHECKPOINT), None
    if settings.partner is not None:
        partner = _trained(partner_of(settings, settings.partner), parts, options.cache / PARTNER_CHECKPOINT)
    trained = Trained(settings, BothSides(network, partner), options.config, manifest_sha256(root))
    write_model(trained, parts, options.out)
    if options.keep:
        keep(trained.network, settings.network.side_px, options.keep, options.out / MODEL_FILE)


def _trained(settings: RunSettings, parts: Mapping[str, Sequence[FacePicture]], checkpoint: Path) -> FaceSpatialNet:
    fit = equalise_first(parts["fit"], settings.equalise_first)
    work = functools.partial(train, settings, fit, parts["calibration"], checkpoint)
    network: FaceSpatialNet = run_team(settings.training.processes, MAX_PARAMETERS, work).average.cpu()
    begun = settings.start
    if begun is not None:
        mix(network, released(begun.model, begun.part, settings.network.dropout), begun.kept)
    return network


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.face_spatial", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the run")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry that holds the face finder")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="faces and checkpoints")
    parser.add_argument("--keep", type=Path, help="also write the state dict and TorchScript into this folder")
    return parser


if __name__ == "__main__":
    main()
