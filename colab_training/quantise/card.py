"""The card of a variant: its original's, with what is new about it and what was measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colab_training.calibration import fit_calibration, operating_point, source_weights, threshold_at
from colab_training.card_rows import metric_row
from colab_training.card_text import card_markdown
from colab_training.evaluation import ALL, calibration_error, card_metrics
from colab_training.manifest import Sample
from colab_training.metrics import Estimate, Floats, auc
from colab_training.quantise.compare import Proof, Speed, paired
from colab_training.quantise.settings import VariantSettings
from kit.clock import SystemClock
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import LoadedModel, describe_artefact, write_card
from telltale.model.v1 import card_pb2

NOTES = """An int8 variant of {name} {of}: the same network with {operators} computed in 8 bits (static ranges, a scale for each
channel of the weights; Jacob et al., CVPR 2018), calibrated again on the same part of the data as its original.
{width}
How the network came about, and from what, is told in the card of the original. Rows `auc_difference`, `ece_difference` and
`false_positive_rate_difference` are variant less original on the same items, with intervals over items drawn again; `speed_ratio`
is CPU time of a run of the original by that of the variant, in turns on one thread of {processor}; `size_ratio` is by file."""
_SEVEN_BITS = """Weights have 7 bits, so that sums cannot saturate on CPUs without VNNI; nothing was measured on one."""
_EIGHT_BITS = "On CPUs without VNNI sums may saturate; do not use it there."


@dataclass(frozen=True)
class Judged:
    """A part of the data, and raw logits by the original and the variant."""

    samples: Sequence[Sample]
    original: Floats
    variant: Floats

    @property
    def fake(self) -> list[bool]:
        """Labels (N,)."""
        return [sample.fake for sample in self.samples]


@dataclass(frozen=True)
class Measured:
    """What a run has found out about a variant."""

    calibration: card_pb2.Calibration
    original: Floats
    """Log-likelihood ratios of part val, by the original's own calibration."""
    variant: Floats
    """The same by the variant, calibrated on part calibration."""
    points: Sequence[card_pb2.OperatingPoint]
    proof: Proof


def size_ratio(original: LoadedModel, path: Path) -> float:
    """Length of the original's file by that of the file at `path`."""
    return original.artefact(path.name).stat().st_size / path.stat().st_size


def measure(original: LoadedModel, calibration: Judged, val: Judged, speed: Speed, path: Path) -> Measured:
    """Calibrates the variant and holds it against its original."""
    own = fit_calibration(
        calibration.variant, calibration.fake, source_weights(calibration.samples), dataset="faces, part calibration"
    )
    before = _ratios(val.original, original.card.postprocessing.calibration)
    after, held = _ratios(val.variant, own), _ratios(calibration.variant, own)
    real = held[~np.array(calibration.fake)]
    points = [
        operating_point(name, threshold_at(real, share), val.fake, after, "faces, split val")
        for name, share in (("false_alarms_1_percent", 0.01), ("false_alarms_5_percent", 0.05))
    ]
    # The order is the raw logits': a bound on likelihood ratios must not hide what was lost.
    apart = paired(auc, val.fake, val.variant, val.original), paired(calibration_error, val.fake, after, before)
    return Measured(own, before, after, points, Proof(speed, size_ratio(original, path), *apart))


def write_variant(
    original: LoadedModel, how: VariantSettings, val: Judged, found: Measured, path: Path, command: str, processor: str
) -> card_pb2.ModelCard:
    """Writes card.json and CARD.md beside the network at `path`."""
    card = card_pb2.ModelCard()
    card.CopyFrom(original.card)
    card.version, card.variant_of = how.version, how.of
    card.created, card.training_command = SystemClock().now().date().isoformat(), command
    for field in ("artefacts", "metrics", "postprocessing"):
        card.ClearField(field)
    card.artefacts.append(describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX))
    card.postprocessing.calibration.CopyFrom(found.calibration)
    card.postprocessing.operating_points.extend(found.points)
    card.metrics.extend([*card_metrics(val.samples, found.variant, "val"), *_differences(original, val, found)])
    write_card(card, path.parent)
    notes = NOTES.format(
        name=card.name,
        of=how.of,
        operators=", ".join(how.operators),
        width=_SEVEN_BITS if how.reduce_range else _EIGHT_BITS,
        processor=processor,
    )
    (path.parent / "CARD.md").write_text(card_markdown(card, notes), encoding="utf-8")
    return card


def _differences(original: LoadedModel, val: Judged, found: Measured) -> list[card_pb2.Metric]:
    proof, size = found.proof, found.proof.size_ratio
    apart = {"auc_difference": proof.auc, "ece_difference": proof.ece}
    rows = [
        *(metric_row(name, ALL, "val", estimate) for name, estimate in apart.items() if estimate is not None),
        metric_row("speed_ratio", "examples", "fit", proof.speed.ratio),
        metric_row("size_ratio", "file", "", Estimate(size, size, size, 1)),
    ]
    for before, after in zip(original.card.postprocessing.operating_points, found.points, strict=True):
        more = alarms_apart(val.fake, found.variant >= after.threshold, found.original >= before.threshold)
        rows.append(metric_row("false_positive_rate_difference", after.name, "val", more))
    return rows


def alarms_apart(fake: Sequence[bool], variant: Floats, original: Floats) -> Estimate:
    """Share of real items that the variant accuses less the share that its original does, each by its own threshold."""
    return paired(lambda labels, accused: float(accused[~labels].mean()), fake, variant, original)


def _ratios(raw: Floats, calibration: card_pb2.Calibration) -> Floats:
    return np.array([log_likelihood_ratio(float(value), calibration) for value in raw])
