"""Turns what a run has learned into `models/<name>/<version>/`: artefact, calibration, measurements, card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colab_training.calibration import fit_calibration, likelihood_limit
from colab_training.card_text import card_markdown
from colab_training.licences import WEIGHTS_LICENCE
from colab_training.metrics import Floats
from colab_training.video.clip_set import ClipSet, Tag
from colab_training.video.cross_fit import CrossFit
from colab_training.video.export import export_network, signatures
from colab_training.video.figures import clip_metrics
from colab_training.video.judges import Judge
from colab_training.video.settings import VideoSettings
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

TERMS: Mapping[str, str] = {
    "arabic_anchors": "TV news; repository MIT, broadcasts (research)",
    "grid_s1": "GRID, CC BY 4.0",
    "dreamtalk_mead": "MEAD (research)",
    "spokespeople": "project page (research)",
    "lipreadingquiz": "quiz clips and Wav2Lip copies of them (research)",
    "ffpp": "FaceForensics++ terms (research)",
    "float": "project page, CC BY-NC",
    "actalker": "project page (research)",
    "anitalker": "project page (research)",
    "hunyuanportrait": "project page (research)",
    "playmate": "project page (research)",
    "omnitalker": "project page (research)",
}
TASKS: Mapping[str, str] = {
    "face_motion": "Tells clips of replaced or synthesised faces from real ones by how they look and move.",
    "face_drift": "Tells faces that do not stay the same from picture to picture from real ones.",
    "flow_consistency": "Does the face move with the head that carries it?",
    "blending_flicker": "Do colour, sharpness and seam of the face waver against what lies around it?",
}
METHODS: Mapping[str, str] = {
    "face_motion": """Nine maps of 32 by 32 cells say what changes from picture to picture once the movement of the head is
taken out: brightness that motion does not explain, motion beyond the head's, fine detail, colour. Convolutions over space and
time (after Tran et al., CVPR 2018) look at those of sixteen pictures at 12.5 a second; one logit a clip. The network never sees
the picture.""",
    "face_drift": """Forty numbers of each step between sixteen pictures (colour, sharpness and edges of the face against its
surroundings; motion of face, border and surroundings), and how much they jump, are followed by gated recurrent units (Cho et al.
2014); one logit a clip. The network never sees the picture.""",
    "flow_consistency": """Dense inverse search optical flow (Kroeger et al., ECCV 2016) inside the face, on its border and around
it: speed, unsteadiness, the affine motion of face and border and what it leaves, brightness that motion does not explain;
logistic regression on 66 numbers of a clip.""",
    "blending_flicker": """Level, change and second difference over time of colour, sharpness and edges of the face against its
border and its surroundings; logistic regression on 54 numbers of a clip.""",
}
LEARNED = """Learned from fakes that were made from real clips, and from those clips re-encoded alike: the face replaced,
picture by picture, by itself moved and resampled, by itself of another moment, by a still that follows the landmarks, by itself
through a narrow bottleneck, or by another person's; edge, colour and place waver (after self-blended images, Shiohara and
Yamasaki, CVPR 2022). No recorded fake was learned from, nor calibrated on.

Rows of split train come from models that never saw any clip of the source they judge, real or fake; rows of split val from the
shipped one. A row names the kind of fake that is held against the real clips of that split."""
LIMITS = (
    "Weak on its own: only to be used together with other evidence.",
    "Learned from about four minutes of real footage of six sources and as much of fakes; other cameras and generators untested.",
    "Needs a face of at least min_face_px that stays in view for 0.64 s.",
    "Cuts inside a clip, lip-synced dubbing, beauty filters and heavy compression may raise false alarms.",
    "Not for decisions about people without a human examiner.",
)


@dataclass(frozen=True)
class Sets:
    """The clips of a run and where they come from."""

    made: ClipSet
    recorded: ClipSet
    config: Path
    manifest_sha256: str


def write_model(settings: VideoSettings, sets: Sets, found: CrossFit, folder: Path) -> card_pb2.ModelCard:
    """Exports, calibrates on made clips, measures, and writes the model's folder."""
    of_val = found.final.raw(sets.recorded)
    calibration = _calibration(sets.made, found.made)
    is_val = np.array([tag.split == "val" for tag in sets.recorded.tags])
    raw = np.where(is_val, of_val, found.recorded)
    metrics = clip_metrics(sets.made, found.made, sets.recorded, raw)
    return _write(found.final, sets, folder, calibration, metrics)


def write_folds(found: CrossFit, sets: Sets, shipped: card_pb2.ModelCard, registries: Path) -> None:
    """The folds' models as registries `fold0`, `fold1`… with the shipped calibration, for evidence on clips they never saw."""
    for number, judge in enumerate(found.folds):
        folder = registries / f"fold{number}" / shipped.name / shipped.version
        _write(judge, sets, folder, shipped.postprocessing.calibration, [])


def _write(
    judge: Judge, sets: Sets, folder: Path, calibration: card_pb2.Calibration, metrics: Sequence[card_pb2.Metric]
) -> card_pb2.ModelCard:
    settings = judge.settings
    folder.mkdir(parents=True, exist_ok=True)
    inputs, outputs = signatures(settings) if judge.network is not None else ([], [])
    card = card_pb2.ModelCard(
        name=settings.name,
        version=settings.version,
        modality="video",
        task=TASKS[settings.name],
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=f"python -m colab_training.video --config {sets.config} --data ../shared/data --out {folder}",
        training_data=_data(sets),
        artefacts=[_artefact(judge, folder)],
        inputs=inputs,
        outputs=outputs,
        clip_preprocessing=settings.preprocessing(),
        postprocessing=card_pb2.Postprocessing(calibration=calibration),
        metrics=metrics,
        limits=LIMITS,
    )
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, f"{METHODS[settings.name]}\n\n{LEARNED}"), encoding="utf-8")
    return card


def _artefact(judge: Judge, folder: Path) -> card_pb2.Artefact:
    if judge.network is not None:
        path = export_network(judge.network, judge.settings, folder)
        return describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX)
    if judge.parameters is None:
        raise ValueError("there is neither a network nor a fit to write")
    path = folder / f"{judge.settings.name}.json"
    path.write_text(judge.parameters.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return describe_artefact(path, card_pb2.ARTEFACT_FORMAT_JSON)


def _calibration(made: ClipSet, raw: Floats) -> card_pb2.Calibration:
    """On made clips whose source the judge never saw: what these tests ask is whether a face was replaced picture by picture.

    Recorded fakes raise other questions too (heads that are synthesised as a whole), and real clips of the data are noisier than
    those: a fit on them would learn that clean pictures are fake.
    """
    known = np.isfinite(raw)
    tags = [tag for tag, taken in zip(made.tags, known, strict=True) if taken]
    fake = [tag.fake for tag in tags]
    calibration = fit_calibration(
        raw[known], fake, clip_weights(tags), dataset="made clips, split train, source left out"
    )
    # Clips of one file are no independent witnesses: files decide how much may be claimed.
    calibration.limit = likelihood_limit([is_fake for _, is_fake in {(tag.file, tag.fake) for tag in tags}])
    if calibration.slope <= 0:
        # Turned around, it would take a quirk of a few clips for a trace of manipulation.
        print(f"the test says less of fakes than of real clips (slope {calibration.slope:.2f}): muted; do not ship it")
        calibration.slope, calibration.intercept = 0.0, 0.0
    return calibration


def clip_weights(tags: Sequence[Tag]) -> Floats:
    """Weights (N,) with mean 1 within each class."""
    per_file = Counter(tag.file for tag in tags)
    files = Counter((source, fake) for source, fake, _ in {(tag.source, tag.fake, tag.file) for tag in tags})
    weights = np.array([1 / (per_file[tag.file] * np.sqrt(files[tag.source, tag.fake])) for tag in tags])
    fake = np.array([tag.fake for tag in tags])
    for label in (True, False):
        weights[fake == label] /= weights[fake == label].mean()
    return weights


def _data(sets: Sets) -> list[card_pb2.TrainingData]:
    learned = [tag for tag in (*sets.made.tags, *sets.recorded.tags) if tag.split == "train"]
    files = {(tag.source, tag.file) for tag in learned}
    counts = Counter(source for source, _ in files)
    return [
        card_pb2.TrainingData(name=name, licence=TERMS[name], manifest_sha256=sets.manifest_sha256, items=items)
        for name, items in counts.most_common()
    ]
