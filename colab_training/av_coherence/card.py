"""Writes the fitted test as a model: parameters, card, and a page for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from av_sync_svc.seams import FEATURE_NAMES
from colab_training.av_coherence.fitting import Fit
from colab_training.av_coherence.items import Item
from colab_training.av_coherence.report import Measured
from colab_training.av_coherence.settings import CoherenceSettings
from colab_training.card_text import card_markdown
from colab_training.licences import WEIGHTS_LICENCE
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

METHOD: Final = f"""Every 20 ms, {len(FEATURE_NAMES)} numbers compare the second before with the second after
(background, channel, speaker, room; after Chen and Gopalakrishnan 1998) and look at the very moment (steps of spectrum and
energy, residual of linear prediction, broken periods of the voice, phase of steady low tones). Logistic regression tells
moments at seams from others. The most seam-like moment of each window of a second becomes that window's ratio, and the
windows' mean likelihood ratio that of the file. From even up to the operating point the test abstains.

Fitted on edits made of real recordings: words deleted, inserted, replaced, recordings joined; cut hard, cross-faded over 5 to
20 ms, or at zero crossings; edited and untouched stretches then went the same random way (pauses, room, noise, level, Opus, MP3,
AAC, telephone), and some had gone one before. Calibrated on clean windows with a seam against all windows of whole files, by fits
that never heard the speaker; then taken down until the median file of every source of train lies below even. The operating point
is the lowest one at which at most 5% of the whole files of any source of train, and of any way they went, are accused. Everything
is split by speaker.

In the table, `afterwards` is what happened to both classes after the edit; `whole files accused` are those above the operating
point, `above even` those that lean towards a seam at all, by source of the recording and by what happened to it.

How wide a mouth is open and how loud the sound is were tried as well: they tell a true sound track from one of another clip of
the same source at an area under the curve of 0.58, which is too weak to calibrate, and are not part of this test."""
LIMITS: Final = (
    "Weak on its own: only to be used together with other evidence. Edits that were coded or noised afterwards are often missed.",
    "A cut is no forgery: reports, advertisements and voice messages are cut for honest reasons.",
    "Fitted on clean speech of at most three seconds; long pauses, music, jingles, several people at once and live noise are "
    "hardly covered and may raise false alarms.",
    "Does not look at the picture: whether lips and speech go together is the question of `lip_sync`. Does not look for double "
    "compression.",
    "Not for decisions about people without a human examiner.",
)


def write_model(
    folder: Path,
    settings: CoherenceSettings,
    config: Path,
    fit: Fit,
    items: Sequence[Item],
    found: Measured,
    digests: dict[str, str],
) -> card_pb2.ModelCard:
    """Writes `av_coherence.json`, `card.json` and `CARD.md` into `folder`; `digests` of the manifests by folder name."""
    folder.mkdir(parents=True, exist_ok=True)
    parameters = folder / f"{settings.name}.json"
    parameters.write_text(fit.parameters.model_dump_json(indent=1) + "\n", encoding="utf-8")
    card = card_pb2.ModelCard(
        name=settings.name,
        version=settings.version,
        modality="audio",
        task="Was the sound track cut and joined?",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=f"python -m colab_training.av_coherence --config {config} --data ../shared/data --out {folder}",
        training_data=_training_data(items, digests),
        artefacts=[describe_artefact(parameters, card_pb2.ARTEFACT_FORMAT_JSON)],
        sound_preprocessing=settings.preprocessing(),
        postprocessing=card_pb2.Postprocessing(calibration=fit.calibration, operating_points=[found.point]),
        metrics=found.metrics,
        limits=LIMITS,
    )
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, METHOD), encoding="utf-8")
    return card


def _training_data(items: Sequence[Item], digests: dict[str, str]) -> list[card_pb2.TrainingData]:
    """One entry per source and licence, largest first; items are recordings."""
    recordings = {item.recording.file: item.recording for item in items}.values()
    counts = Counter((recording.folder, recording.source, recording.licence) for recording in recordings)
    return [
        card_pb2.TrainingData(name=source, licence=licence, manifest_sha256=digests[folder], items=count)
        for (folder, source, licence), count in counts.most_common()
    ]
