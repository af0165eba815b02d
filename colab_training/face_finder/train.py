"""Fits the network by ultralytics, from the architecture's YAML and no weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import yaml

from colab_training.face_finder.settings import FinderSettings, NetworkSettings
from colab_training.face_finder.vision_operators import ensure_torchvision
from kit.settings import tell_libraries

LAST = Path("run") / "weights" / "last.pt"
_SCALE = "n"


def prepare_ultralytics(cache: Path) -> None:
    """Keeps ultralytics offline and its settings in the cache; to be called before its first import."""
    settings = cache / "ultralytics"
    settings.mkdir(parents=True, exist_ok=True)
    tell_libraries({"YOLO_OFFLINE": "1", "YOLO_CONFIG_DIR": str(settings), "YOLO_AUTOINSTALL": "false"})
    ensure_torchvision()


def write_architecture(network: NetworkSettings, folder: Path) -> Path:
    """The shipped YAML with five landmarks, one class and our width."""
    import ultralytics

    shipped = next((Path(ultralytics.__file__).parent / "cfg" / "models").rglob(network.architecture))
    description = yaml.safe_load(shipped.read_text())
    description |= {
        "nc": 1,
        "kpt_shape": [5, 3],
        "reg_max": network.box_steps,
        "scale": _SCALE,
        "scales": {_SCALE: [network.depth, network.width, 1024]},
    }
    path = folder / "face_finder-pose.yaml"
    path.write_text(yaml.safe_dump(description))
    return path


def fit(settings: FinderSettings, listing: Path, folder: Path, start: Path | None = None) -> Path:
    """Trains, or goes on where a run in `folder` was stopped, and answers the file with the averaged weights.

    A new run begins with the weights of the checkpoint `start`, or with random ones.
    """
    from colab_training.face_finder.trainer import FaceTrainer

    torch.set_num_threads(settings.fit.threads)
    checkpoint = folder / LAST
    if checkpoint.is_file() and _finished(checkpoint):
        return checkpoint
    overrides = _overrides(settings, listing, folder)
    if checkpoint.is_file():
        overrides["resume"] = str(checkpoint)
    elif start is not None:
        overrides["pretrained"] = str(start)
    FaceTrainer(overrides=overrides, mixed_precision=settings.fit.mixed_precision).train()
    return checkpoint


def _finished(checkpoint: Path) -> bool:
    # ultralytics strips the optimiser and sets the epoch to -1 when a run has come to its end.
    return bool(torch.load(checkpoint, map_location="cpu", weights_only=False)["epoch"] == -1)


def _overrides(settings: FinderSettings, listing: Path, folder: Path) -> dict[str, Any]:
    plan = settings.fit
    quiet = {
        "plots": False,
        "amp": False,
        "save_period": -1,
        "verbose": True,
        "exist_ok": True,
        "cache": False,
        "conf": 0.05,
    }
    # Pictures are composed with all their variety already; only mirroring and colour change from epoch to epoch.
    still = dict.fromkeys(("mosaic", "mixup", "scale", "translate", "degrees", "shear", "erasing", "copy_paste"), 0.0)
    learning = {
        "epochs": plan.epochs,
        "batch": plan.batch,
        "nbs": plan.batch,
        "optimizer": "AdamW",
        "lr0": plan.learning_rate,
        "lrf": 0.02,
        "cos_lr": True,
        "weight_decay": plan.weight_decay,
        "warmup_epochs": plan.warmup_epochs,
        "warmup_bias_lr": 0.0,
        "workers": plan.workers,
        "device": "0" if torch.cuda.is_available() else "cpu",
        "seed": settings.seed,
        "deterministic": True,
    }
    places = {"project": str(folder), "name": "run", "data": str(listing), "imgsz": plan.side_px, "task": "pose"}
    model = {"model": str(write_architecture(settings.network, folder)), "pretrained": False}
    return {"mode": "train"} | quiet | still | learning | places | model
