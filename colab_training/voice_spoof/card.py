"""Turns the judge into `models/voice_spoof/<version>/`: ONNX, calibration, threshold, measurements, card."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colab_training.calibration import fit_calibration, likelihood_limit, operating_point, threshold_at
from colab_training.card_text import card_markdown
from colab_training.licences import WEIGHTS_LICENCE
from colab_training.metrics import Estimate, Floats
from colab_training.speech_files import read_speech
from colab_training.voice_spoof.cross_fit import Found
from colab_training.voice_spoof.export import MAX_DIFFERENCE, difference, export_voice, signatures
from colab_training.voice_spoof.figures import TRAIN, untouched, voice_metrics
from colab_training.voice_spoof.items import Items
from colab_training.voice_spoof.judge import VoiceSpoofNet, item_weights
from colab_training.voice_spoof.settings import VoiceSettings
from kit.clock import SystemClock
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import describe_artefact, write_card
from kit.sound.windows import levelled
from telltale.model.v1 import card_pb2

SYNTHETIC = "synthetic"
_PARITY_FILES = 12
_FALSE_POSITIVES = 0.05
TASK = "Is the speech synthesised or vocoded?"
METHOD = """About five hundred numbers of a window say how the spectrum, its fine structure, its phase and its loudness
change, and how unevenly: linear-frequency cepstra (Sahidullah et al. 2015), modulation spectrum, second differences of the phase
over time and over frequency, kurtosis of the waveform by band, and lines that stand still in the spectrum. Levels and means over
time are left out: they tell sources apart, not voices. Boosted trees and, with a smaller say, a kernel machine judge these
numbers. All of it is one ONNX graph from samples to logit.

Learned from recorded synthetic speech and from copies made of every real recording by vocoders (Wang and Yamagishi 2023), all of
them also after rooms, noise, levels and codecs that both classes get alike. Rows of "train, left out" come from judges that heard
neither the speaker nor the source nor, of a fake, the system anywhere; rows of val from the shipped one. `outside` is what
length, silence, level and bandwidth alone tell."""
LIMITS = (
    "A recording that is cut together, changed in pitch or spoken by another person is not synthetic: other tests look for that.",
    "Learned from a few hundred recordings, mostly read English of at most three seconds, and systems of 2016 to 2025; newer "
    "zero-shot systems are hardly covered.",
    "After strong coding (telephone, Opus at low rates) far less can be told: see the rows by codec.",
    "Singing, music behind the voice, shouting and children are untested.",
    "Not for decisions about people without a human examiner.",
)


@dataclass(frozen=True, eq=False)
class Run:
    """What a run has at hand when the judge is done."""

    settings: VoiceSettings
    items: Items
    found: Found
    config: Path
    data: Path
    manifest_sha256: str
    outside: dict[str, Estimate]


def write_model(run: Run, folder: Path) -> card_pb2.ModelCard:
    """Exports, calibrates on left-out judgements, measures, and writes the model's folder.

    Raises ValueError when the exported file does not say what torch says.
    """
    network = VoiceSpoofNet(run.found.judge)
    path = export_voice(network, folder)
    _refuse_difference(run, network, path)
    calibration = _calibration(run)
    ratios = np.array([log_likelihood_ratio(float(raw), calibration) for raw in run.found.raw])
    threshold = _threshold(run.items, ratios)
    card = _card(run, folder, calibration)
    card.artefacts.append(describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX))
    card.postprocessing.operating_points.append(_point(run.items, ratios, threshold))
    card.metrics.extend([*voice_metrics(run.items, ratios, threshold), *_outside(run.outside)])
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, METHOD), encoding="utf-8")
    return card


def _card(run: Run, folder: Path, calibration: card_pb2.Calibration) -> card_pb2.ModelCard:
    sound, logit = signatures()
    command = f"python -m colab_training.voice_spoof --config {run.config} --data ../shared/data --out {folder}"
    return card_pb2.ModelCard(
        name=run.settings.name,
        version=run.settings.version,
        modality="audio",
        task=TASK,
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=command,
        training_data=_training_data(run),
        inputs=[sound],
        outputs=[logit],
        sound_preprocessing=run.settings.preprocessing(),
        postprocessing=card_pb2.Postprocessing(calibration=calibration),
        limits=LIMITS,
    )


def _calibration(run: Run) -> card_pb2.Calibration:
    """On recordings of train, as they are and damaged, by judges that left them out; copies are ours and are not counted."""
    items = run.items
    own = np.array([item.utterance.split == "train" and not item.copy for item in items.items])
    part = items.part(own)
    weights = item_weights(part.items, run.settings.weights)
    dataset = "recordings of train, as they are and damaged; source and system left out"
    calibration = fit_calibration(run.found.raw[own], part.fake.tolist(), weights, dataset=dataset)
    # Versions of one recording are no independent witnesses: recordings decide how much may be claimed.
    calibration.limit = likelihood_limit(items.part(untouched(items, "train")).fake.tolist())
    return calibration


def _threshold(items: Items, ratios: Floats) -> float:
    """The lowest at which no source of train is accused more often than in one of twenty; small sources count as one together."""
    own = untouched(items, "train") & ~items.fake
    sources = np.array([item.utterance.source for item in items.items])
    sizes = Counter(sources[own].tolist())
    groups = np.array([source if sizes[source] >= 1 / _FALSE_POSITIVES else "" for source in sources.tolist()])
    return max(threshold_at(ratios[own & (groups == group)], _FALSE_POSITIVES) for group in set(groups[own].tolist()))


def _point(items: Items, ratios: Floats, threshold: float) -> card_pb2.OperatingPoint:
    own = untouched(items, "train")
    return operating_point(SYNTHETIC, threshold, items.fake[own], ratios[own], f"recordings of {TRAIN}")


def _refuse_difference(run: Run, network: VoiceSpoofNet, path: Path) -> None:
    files = [item.utterance.file for item in run.items.part(untouched(run.items, "val")).items][:: 180 // _PARITY_FILES]
    level = run.settings.windows.level_dbfs
    sounds = [levelled(read_speech(run.data / "speech" / file), level) for file in files]
    apart = difference(network, path, sounds)
    if apart > MAX_DIFFERENCE:
        raise ValueError(f"torch and ONNX differ by {apart:.3f}; the export is broken")
    print(f"torch and ONNX differ by at most {apart:.1e}")


def _outside(outside: dict[str, Estimate]) -> list[card_pb2.Metric]:
    names = {"train": TRAIN, "val": "val"}
    return [
        card_pb2.Metric(
            metric="auc",
            dataset="outside",
            split=names[split],
            value=own.value,
            low=own.low,
            high=own.high,
            items=own.items,
        )
        for split, own in outside.items()
    ]


def _training_data(run: Run) -> list[card_pb2.TrainingData]:
    taught = [item.utterance for item in run.items.part(untouched(run.items, "train")).items]
    counts = Counter((utterance.source, utterance.licence) for utterance in taught)
    return [
        card_pb2.TrainingData(name=source, licence=licence, manifest_sha256=run.manifest_sha256, items=count)
        for (source, licence), count in counts.most_common()
    ]
