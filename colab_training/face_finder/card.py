"""Turns a trained network into `models/face_finder/<version>/`: ONNX, threshold, measurements, card."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from colab_training.card_text import card_markdown
from colab_training.face_finder.annotated import PADDING, Annotated
from colab_training.face_finder.export import export_onnx, parity, signatures
from colab_training.face_finder.measure import Sought, false_faces, landmark_error, look_for, recall
from colab_training.face_finder.settings import FinderSettings
from colab_training.face_finder.threshold import choose_threshold
from colab_training.licences import training_data
from colab_training.manifest import Sample
from colab_training.metrics import Estimate, rate
from kit.clock import SystemClock
from kit.convert.tensor import Picture
from kit.models.card import describe_artefact, write_card
from kit.models.onnx import OnnxSession
from kit.vision.yolo import OPERATING_POINT, Look, YoloFaceFinder
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

LICENCE = (
    "AGPL-3.0 as ultralytics, by which it was trained, claims it for such weights; learned from data with research and "
    "non-commercial terms (see training_data)"
)
NOTES = """A YOLO11 pose network of our own width with one class and five landmarks, trained from nothing by `ultralytics`
(AGPL-3.0, used for training alone; what is served is this ONNX file and our own decoding). Its labels are the faces that MTCNN
(`models/mtcnn`, the teacher) found in the training photos. They were shown as they are, shrunk and cut tight, and pasted into
photos without people, textures and blurred ground at many sizes, beside pieces without a face; with changes of light, grey,
blur, noise and JPEG. Boxes mean what the teacher's mean and may reach beyond the picture. The run named below began with the
weights of a first one, by `face_finder_first.toml` (`python -m colab_training.face_finder --help` has both commands).

The picture is scaled to `picture_share` of the tensor and centred on a plain ground. A first look at the smallest of `sides_px`
is followed by a second at the largest when the picture is larger and no face was large in the first. Where nothing was found, a
last look shows the picture a quarter smaller, and finds faces that reach beyond its edges.

25 of the 70 scenes are held back from training, by a hash of their names. False faces are counted in those of them in which no
head can be made out, and in photos without people from `metadata/`. The threshold was chosen on the scenes that were learned
from and on photos of things that come with scikit-image: whole, and enlarged by quarters."""
LIMITS = (
    "Knows faces only as the teacher does: in profile, turned far from upright or heavily covered ones are often missed.",
    "Learned mostly from tight portraits pasted into few scenes; crowds of small faces were not in the data.",
    "False faces were measured on few photos; mind the interval.",
    "Finds faces; does not tell whose they are.",
)


@dataclass(frozen=True)
class Trained:
    """A network, and what made it."""

    settings: FinderSettings
    network: nn.Module
    config: Path
    learned_from: Sequence[Sample]
    scenes: int
    manifest_sha256: str
    start: Path | None = None


@dataclass(frozen=True)
class TestPictures:
    """What the threshold is chosen on, and what is measured by."""

    things: Sequence[Picture]
    watched: Sequence[Annotated]
    native: Sequence[Annotated]
    composed: Sequence[Annotated]
    empty: Sequence[Picture]


def preprocessing(settings: FinderSettings) -> card_pb2.ImagePreprocessing:
    """The letterbox, for the card."""
    serving = settings.serving
    return card_pb2.ImagePreprocessing(
        letterbox=card_pb2.Letterbox(
            picture_share=serving.picture_share, multiple_px=32, ground=PADDING, sides_px=serving.sides_px
        ),
        height_px=max(serving.sides_px),
        width_px=max(serving.sides_px),
        interpolation=card_pb2.INTERPOLATION_AREA,
        colour_order=card_pb2.COLOUR_ORDER_RGB,
        mean=[0.0, 0.0, 0.0],
        std=[1.0, 1.0, 1.0],
    )


def write_model(trained: Trained, pictures: TestPictures, folder: Path) -> card_pb2.ModelCard:
    """Exports, chooses the threshold, measures and writes the model's folder.

    Raises ValueError when the exported file does not say what the network says.
    """
    small, large = min(trained.settings.serving.sides_px), max(trained.settings.serving.sides_px)
    path = export_onnx(trained.network, small, folder)
    for sides in ((small, small), (large, large - 128)):
        print(f"torch and ONNX differ by at most {parity(trained.network, path, sides):.1e} px at {sides}")
    session, how = OnnxSession.open(path), preprocessing(trained.settings)
    nameless = evidence_pb2.ModelReference(name=trained.settings.name, version=trained.settings.version)
    finders = _Finders(session, how.letterbox, nameless)
    threshold = choose_threshold(finders.at, pictures.things, trained.settings.most_false_faces)
    card = _card(trained, path, how)
    card.metrics.extend(_metrics(finders.at(threshold), pictures))
    card.postprocessing.operating_points.append(_point(finders.at(threshold), threshold, pictures))
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, NOTES), encoding="utf-8")
    return card


@dataclass(frozen=True)
class _Finders:
    session: OnnxSession
    letterbox: card_pb2.Letterbox
    model: evidence_pb2.ModelReference

    def at(self, threshold: float) -> YoloFaceFinder:
        return YoloFaceFinder(self.session, self.model, Look(self.letterbox, threshold))


def _card(trained: Trained, path: Path, how: card_pb2.ImagePreprocessing) -> card_pb2.ModelCard:
    inputs, outputs = signatures()
    scenes = card_pb2.TrainingData(name="scenes", licence="ImageNet samples (research terms)", items=trained.scenes)
    return card_pb2.ModelCard(
        name=trained.settings.name,
        version=trained.settings.version,
        modality="image",
        task="Finds the faces of a picture, with two eyes, nose tip and two mouth corners each.",
        licence=LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=_command(trained, path.parent),
        training_data=[*training_data(trained.learned_from, trained.manifest_sha256), scenes],
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX)],
        inputs=inputs,
        outputs=outputs,
        image_preprocessing=how,
        postprocessing=card_pb2.Postprocessing(),
        limits=LIMITS,
    )


def _command(trained: Trained, out: Path) -> str:
    start = f"--start {trained.start} " if trained.start else ""
    return f"python -m colab_training.face_finder --config {trained.config} --data ../shared/data {start}--out {out}"


def _metrics(finder: YoloFaceFinder, pictures: TestPictures) -> list[card_pb2.Metric]:
    sets: Mapping[str, list[Sought]] = {
        "faces, as they are": look_for(finder, pictures.native),
        "faces, 40-300 px in scenes held back": look_for(finder, pictures.composed),
    }
    recalls = [_metric("recall at IoU 0.5", name, recall(faces, 40.0)) for name, faces in sets.items()]
    errors = {name: landmark_error(faces) for name, faces in sets.items()}
    marks = [_metric("landmark error / eye distance", name, error) for name, error in errors.items() if error.items]
    counts = false_faces(finder, pictures.empty)
    return [
        *recalls,
        *marks,
        _metric("photos with a false face", "scenes held back and camera photos", _photos_with(counts)),
    ]


def _point(finder: YoloFaceFinder, threshold: float, pictures: TestPictures) -> card_pb2.OperatingPoint:
    accused = _photos_with(false_faces(finder, pictures.things))
    found = recall(look_for(finder, pictures.watched))
    return card_pb2.OperatingPoint(
        name=OPERATING_POINT,
        threshold=math.log(threshold / (1 - threshold)),
        false_positive_rate=accused.value,
        false_positive_rate_upper=accused.high,
        true_positive_rate=found.value,
        authentic_items=accused.items,
        manipulated_items=found.items,
        dataset="scenes learned from and photos of things, whole and by quarters; faces of part calibration",
    )


def _photos_with(counts: Sequence[int]) -> Estimate:
    return rate(sum(count > 0 for count in counts), len(counts))


def _metric(metric: str, dataset: str, estimate: Estimate) -> card_pb2.Metric:
    return card_pb2.Metric(
        metric=metric,
        dataset=dataset,
        split="val",
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        items=estimate.items,
    )
