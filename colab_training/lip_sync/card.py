"""Turns what a run has learned into `models/lip_sync/<version>/`: artefact, calibration, measurements, card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from av_sync_svc.face_mesh import FACE_SCALE, SIDE_PX
from av_sync_svc.lips import RATE_HZ, SPECTRUM
from av_sync_svc.mouths import MOUTH_RATE_FPS
from colab_training.card_text import card_markdown
from colab_training.licences import WEIGHTS_LICENCE
from colab_training.lip_sync.cross_fit import CrossFit
from colab_training.lip_sync.export import export_network, signatures
from colab_training.lip_sync.measure import Trials, calibration_of, metrics_of, short_metrics
from colab_training.lip_sync.settings import LipSyncSettings
from colab_training.lip_sync.tables import tables
from colab_training.lip_sync.talks import Talk
from colab_training.video.card import TERMS
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

TASK = "Do the lips of whoever is in view fit what is heard, and by how much is the sound late?"
NOTES = """Two small networks over time (after Chung and Zisserman, "Out of Time: Automated Lip Sync in the Wild", ACCV
workshops 2016) describe lips and sound 25 times a second. Lips are 52 points around the mouth (`face_landmarks`) in the
head's own axes, sound is log-mel spectra, both less their mean over two seconds. No picture goes in, so that nobody's face
can be learned by heart.

Self-supervised: of all offsets of a clip's own sound, and other clips' sound, the network is to find the true one. Learned
from real clips and from talking heads that were driven by the sound that is heard (float, anitalker, playmate, omnitalker,
actalker, and Wav2Lip copies): fakes, but in sync, and real footage is too little alone. Recording chains and generators
differ by up to two looks (80 ms) in when sound comes; `late_looks` of the configuration takes that out when learning.

Every face is shown with its mirror image, and the mean of both counts. Evidence is the logarithm of how much likelier offsets
beyond 120 ms are than those within. Under two seconds of a mouth and of speech there is no opinion: at 1.2 s every fifth
real clip was accused.

Calibrated on true, shifted and swapped sound of real clips, by networks that never saw the source: rows of split train too are
theirs. Rows of split val come from the shipped network."""
LIMITS = (
    "Learned from about six minutes of footage, half of it real: weak evidence on its own, see the measurements.",
    "Windows under about three seconds say little, and offsets are found to within a look or two only.",
    "Both clips of split val that last 5 s are called 80 and 110 ms early; by eye, closed lips and quiet lie within 60 ms.",
    "Offsets within 120 ms are not called out of sync: untouched recordings differ by that much.",
    "Voice-over, dubbing, and people who speak out of view look like sound that does not fit.",
    "Fakes that a video of a person drove, or good lip synthesis, fit their sound and are not found by this test.",
    "Music, several voices at once, covered mouths and profiles: untested.",
    "Not for decisions about people without a human examiner.",
)


def write_model(
    settings: LipSyncSettings,
    config: Path,
    manifest_sha256: str,
    talks: Sequence[Talk],
    found: CrossFit,
    trials: Trials,
    folder: Path,
) -> card_pb2.ModelCard:
    """Exports, calibrates, measures, and writes the model's folder."""
    path = export_network(found.final, folder)
    calibration = calibration_of(trials.calibration)
    inputs, outputs = signatures(settings.network.dimensions)
    card = card_pb2.ModelCard(
        name=settings.name,
        version=settings.version,
        modality="video",
        task=TASK,
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=f"python -m colab_training.lip_sync --config colab_training/configs/{config.name} "
        f"--data ../shared/data --out models/{settings.name}/{settings.version}",
        training_data=_training_data(settings, talks, manifest_sha256),
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_ONNX)],
        inputs=inputs,
        outputs=outputs,
        postprocessing=card_pb2.Postprocessing(calibration=calibration),
        metrics=[*metrics_of(settings, trials, calibration), *short_metrics(settings, talks)],
        limits=LIMITS,
        sound_preprocessing=card_pb2.SoundPreprocessing(
            sample_rate_hz=RATE_HZ,
            window_s=settings.window_s,
            hop_s=settings.hop_s,
            min_s=settings.min_s,
            spectrum=SPECTRUM,
        ),
        mouth_preprocessing=card_pb2.MouthPreprocessing(
            rate_fps=MOUTH_RATE_FPS, face_scale=FACE_SCALE, side_px=SIDE_PX, min_face_px=settings.min_face_px
        ),
    )
    loaded = write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(loaded.card, NOTES, tables(loaded.card.metrics)), encoding="utf-8")
    return loaded.card


def _training_data(
    settings: LipSyncSettings, talks: Sequence[Talk], manifest_sha256: str
) -> list[card_pb2.TrainingData]:
    """One entry per source, largest first."""
    taught = [talk.clip for talk in talks if talk.clip.split == "train" and talk.clip.source in settings.late_looks]
    return [
        card_pb2.TrainingData(name=name, licence=TERMS[name], manifest_sha256=manifest_sha256, items=items)
        for name, items in Counter(clip.source for clip in taught).most_common()
    ]
