"""Kinds whose fit nothing has changed, taken over from an earlier version of the model.

Videos and recordings rest on evidence that takes hours to collect. Where the tests that weigh anything there are the same as
before, their parameters, promises and figures are the same too, and are copied instead of being fitted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from colab_training.audio_fusion import card as recordings
from colab_training.audio_fusion import measures
from colab_training.ensemble import clips as videos
from colab_training.ensemble.conformal import Promise
from colab_training.ensemble.section import Section
from fusion_svc.model import point_name, read_fusion_model
from kit.models.card import LoadedModel, load_model

KINDS = {
    "video": (videos.SUFFIX, videos.ABOUT, videos.LIMITS),
    "audio": (measures.SUFFIX, recordings.ABOUT, recordings.LIMITS),
}
"""Kinds that can be taken over: what the names of their data end in, and what the card says of them."""


def carried(folder: Path) -> list[Section]:
    """Videos and recordings of the fusion model in `folder`.

    Raises ModelInvalid when it is none, ValueError when its CARD.md lacks the promises.
    """
    model = load_model(folder)
    text = (folder / "CARD.md").read_text(encoding="utf-8")
    return [_section(kind, model, text) for kind in KINDS]


def _section(kind: str, model: LoadedModel, text: str) -> Section:
    suffix, about, limits = KINDS[kind]
    parameters = read_fusion_model(model).parameters.kinds[kind]
    names = {point_name(kind, label) for label in parameters.labels.model_dump()}
    return Section(
        kind=kind,
        parameters=parameters,
        points=[point for point in model.card.postprocessing.operating_points if point.name in names],
        metrics=[row for row in model.card.metrics if row.dataset.endswith(suffix)],
        data=[row for row in model.card.training_data if row.name.endswith(suffix)],
        about=about,
        limits=limits,
        promises=_promises(kind, text.splitlines()),
    )


def _promises(kind: str, lines: Iterable[str]) -> list[Promise]:
    rows: Sequence[list[str]] = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith(f"| {kind} |")
    ]
    if not rows:
        raise ValueError(f"CARD.md has no promises to sources of {kind}; fit this kind again")
    return [
        Promise(source, int(items), float(share.rstrip("%")) / 100, float(threshold), rests_on)
        for _, source, items, share, threshold, rests_on in rows
    ]
