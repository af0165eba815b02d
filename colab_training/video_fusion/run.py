"""From labelled evidence to a fusion model with a measured video section."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from colab_training.metrics import Floats
from colab_training.video_fusion.card import LEFT_OUT, Measured, Source, write_model
from colab_training.video_fusion.clips import Clip, fitted_cues, labels
from colab_training.video_fusion.fitting import Fitted, fit, hear
from colab_training.video_fusion.left_out import left_out_log_odds, thresholds
from colab_training.video_fusion.settings import VideoFusionSettings
from fusion_svc.model import FusionModel, KindParameters, read_fusion_model
from kit.models.card import LoadedModel


def run(
    clips: Sequence[Clip],
    settings: VideoFusionSettings,
    base: LoadedModel,
    command: str,
    evidence_sha256: str,
    folder: Path,
) -> FusionModel:
    """Fits on all splits but those that are only measured, measures, writes `folder` and prints what came out.

    Raises ValueError when the terms of a source are missing, or there are too few sources to leave one out.
    """
    settings.check_terms(clip.source for clip in clips)
    learned = [clip for clip in clips if clip.split not in settings.measured_splits]
    cues = fitted_cues(learned)
    log_odds = left_out_log_odds(learned, cues, settings)
    fitted = fit(learned, [hear(clip, cues) for clip in learned], cues, settings)
    print("prior and weights:", fitted)
    video = _parameters(fitted, read_fusion_model(base).parameters.kinds["video"], learned, log_odds, settings)
    more = [
        Measured(split, chosen, fitted.log_odds(chosen, settings.search_discount))
        for split in settings.measured_splits
        if (chosen := [clip for clip in clips if clip.split == split])
    ]
    source = Source(command, evidence_sha256, settings.terms)
    model = write_model(base, video, Measured(LEFT_OUT, learned, log_odds), more, source, folder)
    print((folder / "CARD.md").read_text(encoding="utf-8"))
    return model


def _parameters(
    fitted: Fitted, known: KindParameters, learned: Sequence[Clip], log_odds: Floats, settings: VideoFusionSettings
) -> KindParameters:
    """Tests that never spoke on these clips keep the weight that they had."""
    together = Fitted({**known.weights, **fitted.weights}, fitted.prior_log_odds)
    return together.parameters(thresholds(labels(learned), log_odds, settings), settings.search_discount)
