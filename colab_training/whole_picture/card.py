"""Turns a trained network into `models/whole_picture/<version>/`: ONNX, range, calibration, measurements, card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colab_training.calibration import fit_calibration, operating_point, source_weights, threshold_at
from colab_training.card_rows import metric_row
from colab_training.card_text import card_markdown
from colab_training.export import export_onnx, parity
from colab_training.licences import TERMS, WEIGHTS_LICENCE
from colab_training.metrics import Floats, rate
from colab_training.whole_picture.alike import fair_read
from colab_training.whole_picture.dataset import preprocessing
from colab_training.whole_picture.learning import set_range
from colab_training.whole_picture.measuring import CONTESTS, Answer, alarms, answers, contest_auc, shortcut
from colab_training.whole_picture.network import EMBEDDING, WholePictureNet
from colab_training.whole_picture.settings import WholePictureSettings
from colab_training.whole_picture.sources import FRAMES, SCENES, Labelled, fewest, part
from image_svc.cues.gates import Refusal
from image_svc.patches import GENERATED, INPUT, LOGIT, RANGE, admit
from kit.clock import SystemClock
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import describe_artefact, write_card
from kit.models.onnx import OnnxSession
from kit.models.runtime import Session
from telltale.model.v1 import card_pb2

_RANGE_PICTURES = 200
# Aimed at 5% and less where a source has hundreds of pictures; of a small one none may lie above.
_ALARM_SHARE = 0.02
_CALIBRATION_PICTURES = 60
_TERMS = {
    **TERMS,
    SCENES: "ImageNet samples, research",
    FRAMES: "frames of clips with research and non-commercial terms, CC BY 4.0 and MIT",
}

NOTES = """A small convolutional network over fixed high-pass residuals (neighbouring-pixel relations after Tan et al., CVPR
2024, and second differences as in rich models, Fridrich and Kodovsky, TIFS 2012) of patches at native resolution; a
picture's logit is the mean over its patches. Most generated training patches are real ones that went through small
autoencoders made here, whose decoders up-sample in four ways; the others come from StyleGAN2 and Stable Diffusion 3. Real
ones went through resizing by all filters, sharpening and noise suppression, and both classes through the same light,
resizing, blur, noise and JPEG. `gan_genphotos` was not learned from: its AUC is that of a generator never seen. It counts
where both classes were cut, reduced and compressed alike; the row `shortcut_auc` says what size, compression and colour
alone tell then. The log-likelihood ratio was calibrated on that generator as well, and then halved, because the shortcut
tells as much. Rows `false_alarm_rate` and `detection_rate` are shares of all pictures of a source at or above the threshold
of the operating point; `opinion_rate` is the share that got a finding: the others were refused, strange, or between even and
the threshold. Scenes were split by a hash of their names into fit (40%), calibration (20%) and val (40%); `camera_photos`
were only looked at."""

LIMITS = (
    "No generated scene was at hand: what it says about pictures without faces rests on autoencoders made for training.",
    "Weak: on a generator that it never saw it is no better than size, compression and colour. It may support other evidence.",
    "Generated pictures that were made smaller or compressed afterwards lose the traces it looks for.",
    "A picture judged natural may still show a swapped or pasted part: only the making of the whole picture is tested.",
    "Sharpened pictures of old digital cameras raise alarms more often than others (camera_photos).",
    "Up-scaling and strong noise suppression by learned programs, as in new phones, were not in the data and may raise alarms.",
    "Figures for Stable Diffusion 3 and for scenes rest on few items; mind their intervals.",
    "Not for decisions about people without a human examiner.",
)


@dataclass(frozen=True)
class Trained:
    """A network and what made it."""

    settings: WholePictureSettings
    network: WholePictureNet
    command: str
    manifest_sha256: str


@dataclass(frozen=True)
class Ratios:
    """Answers of the exported network with their calibrated log-likelihood ratios."""

    answers: Sequence[Answer]
    values: Floats

    @classmethod
    def of(cls, given: Sequence[Answer], calibration: card_pb2.Calibration) -> Ratios:
        """Of answers; nan where there is none."""
        return cls(given, np.array([log_likelihood_ratio(answer.raw, calibration) for answer in given]))


def write_model(
    trained: Trained, pictures: Sequence[Labelled], left_out: Iterable[card_pb2.Metric], folder: Path
) -> card_pb2.ModelCard:
    """Exports, calibrates on the part "calibration", measures on "val" and writes the model's folder.

    `left_out` are rows for the card that were measured with other networks.

    Raises ValueError when the exported file does not say what the network says.
    """
    path = exported(trained.network, trained.settings, pictures, folder)
    session, how = OnnxSession.open(path), preprocessing(trained.settings.patches)
    given = answers(session, how, part(pictures, "calibration"), fair_read)
    calibration = fitted(given, trained.settings.discount)
    threshold = alarm_threshold(Ratios.of(given, calibration))
    measured = Ratios.of(answers(session, how, part(pictures, "val")), calibration)
    card = _card(trained, pictures, path)
    card.postprocessing.calibration.CopyFrom(calibration)
    card.postprocessing.operating_points.append(_point(measured, threshold))
    card.metrics.extend([*areas(session, trained.settings, pictures), *left_out, *_rates(measured, threshold)])
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, NOTES), encoding="utf-8")
    return card


def exported(
    network: WholePictureNet, settings: WholePictureSettings, pictures: Sequence[Labelled], folder: Path
) -> Path:
    """The network with its range as `model.onnx`, held against torch on a picture of the part "val"."""
    how = preprocessing(settings.patches)
    known = [p for p in pictures if p.sample.source in taught(settings)]
    fit, held = (fewest(part(known, name), _RANGE_PICTURES) for name in ("fit", "calibration"))
    set_range(network, [p.read() for p in fit], [p.read() for p in held], how)
    path = export_onnx(network, settings.patches.side_px, folder, (INPUT, LOGIT, RANGE))
    seen = (admit(picture.read(), how) for picture in part(pictures, "val"))
    example = next(found.tensors for found in seen if not isinstance(found, Refusal))
    print(f"torch and ONNX differ by at most {parity(network, path, example):.1e}")
    return path


def taught(settings: WholePictureSettings) -> frozenset[str]:
    """The sources that a run learns from."""
    return frozenset({*settings.shares.real, *settings.shares.fake})


def alarm_threshold(given: Ratios) -> float:
    """The lowest threshold at which no source has more than 2% of its real pictures at or above it."""
    reals: dict[str, list[float]] = {}
    for answer, value in zip(given.answers, given.values, strict=True):
        if not answer.sample.fake and answer.is_opinion:
            reals.setdefault(answer.sample.source, []).append(float(value))
    return max(threshold_at(values, _ALARM_SHARE) for values in reals.values())


def areas(session: Session, settings: WholePictureSettings, pictures: Sequence[Labelled]) -> Iterator[card_pb2.Metric]:
    """AUC of every contest, and what the outside of the files tells where they were made alike."""
    for contest in CONTESTS:
        chosen = [p for p in contest.chosen(pictures) if p.sample.part in _unseen(p.sample.source, settings)]
        if not chosen:
            continue
        split = "val" if contest.fake in taught(settings) else "left out"
        given = answers(session, preprocessing(settings.patches), chosen, contest.reads)
        found = {"auc": contest_auc(given)}
        if contest.alike is not None:
            found["shortcut_auc"] = shortcut(contest, chosen)
        # A slice of the data may hold too few pictures for a figure.
        yield from (
            metric_row(name, contest.name, split, area) for name, area in found.items() if not np.isnan(area.value)
        )


def _unseen(source: str, settings: WholePictureSettings) -> tuple[str, ...]:
    # Of a source that was not learned from, all is unseen but the part that was calibrated on.
    return ("val",) if source in taught(settings) else ("fit", "val")


def fitted(given: Sequence[Answer], discount: float) -> card_pb2.Calibration:
    """Calibration on the answers with an opinion, on few of a large source, and then discounted."""
    chosen = {
        p.sample.file for p in fewest([Labelled(Path(a.sample.file), a.sample) for a in given], _CALIBRATION_PICTURES)
    }
    opinions = [answer for answer in given if answer.is_opinion and answer.sample.file in chosen]
    samples = [answer.sample for answer in opinions]
    calibration = fit_calibration(
        [answer.raw for answer in opinions],
        [sample.fake for sample in samples],
        source_weights(samples),
        dataset="faces, scenes and video frames, part calibration",
    )
    calibration.slope *= discount
    calibration.intercept *= discount
    calibration.limit *= discount
    return calibration


def _point(measured: Ratios, threshold: float) -> card_pb2.OperatingPoint:
    # A picture without an opinion is below every threshold.
    values = [
        value if answer.is_opinion else -np.inf for answer, value in zip(measured.answers, measured.values, strict=True)
    ]
    labels = [answer.sample.fake for answer in measured.answers]
    return operating_point(GENERATED, threshold, labels, values, "faces, scenes, video frames and camera photos, val")


def _rates(measured: Ratios, threshold: float) -> Iterator[card_pb2.Metric]:
    for fake, name in ((False, "false_alarm_rate"), (True, "detection_rate")):
        for source in sorted({answer.sample.source for answer in measured.answers if answer.sample.fake == fake}):
            chosen = [
                index
                for index, answer in enumerate(measured.answers)
                if (answer.sample.source, answer.sample.fake) == (source, fake)
            ]
            own = [measured.answers[index] for index in chosen]
            yield metric_row(name, source, "val", alarms(own, measured.values[chosen], threshold))
            opinions = rate(_findings(own, measured.values[chosen], threshold), len(own))
            yield metric_row("opinion_rate", f"{source}, {'fake' if fake else 'real'}", "val", opinions)


def _findings(given: Sequence[Answer], values: Floats, threshold: float) -> int:
    told = [answer.is_opinion and not 0 < value < threshold for answer, value in zip(given, values, strict=True)]
    return sum(told)


def _card(trained: Trained, pictures: Sequence[Labelled], path: Path) -> card_pb2.ModelCard:
    settings = trained.settings
    side_px = settings.patches.side_px
    patch = card_pb2.TensorSignature(
        name=INPUT,
        dtype="float32",
        shape=[-1, 3, side_px, side_px],
        axes=["patch", "colour", "height", "width"],
        meaning="patches of one picture at native resolution",
    )
    logit = card_pb2.TensorSignature(
        name=LOGIT, dtype="float32", shape=[-1], axes=["patch"], meaning="logit; the picture's is their mean"
    )
    spread = card_pb2.TensorSignature(
        name=RANGE,
        dtype="float32",
        shape=[-1, EMBEDDING],
        axes=["patch", "feature"],
        meaning="range features; a picture is strange where the root mean square of their means exceeds 1",
    )
    return card_pb2.ModelCard(
        name=settings.name,
        version=settings.version,
        modality="image",
        task="Tells pictures that a generator made as a whole, with or without faces, from camera pictures.",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=trained.command,
        training_data=_data(trained, pictures),
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX)],
        inputs=[patch],
        outputs=[logit, spread],
        image_preprocessing=preprocessing(settings.patches),
        limits=LIMITS,
    )


def _data(trained: Trained, pictures: Sequence[Labelled]) -> Iterator[card_pb2.TrainingData]:
    known = [p for p in part(pictures, "fit") if p.sample.source in taught(trained.settings)]
    counts = Counter(p.sample.source for p in fewest(known, trained.settings.most_of_a_source))
    for name, items in counts.most_common():
        digest = trained.manifest_sha256 if name in TERMS else ""
        yield card_pb2.TrainingData(name=name, licence=_TERMS[name], manifest_sha256=digest, items=items)
