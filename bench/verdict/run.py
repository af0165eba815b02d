"""From labelled evidence and the shipped fusion to all that the page says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.clips.evidence import cut_alike
from bench.verdict.findings import Findings
from bench.verdict.kinds import Kind, pictures, recordings, videos
from bench.verdict.novelty import novelty
from bench.verdict.numbers import ALL, measure
from bench.verdict.rivals import FUSION, best_test, rivals
from colab_training.audio_fusion.fitting import promised
from colab_training.audio_fusion.recordings import log_odds_of, single
from colab_training.ensemble.calibrate import compare_scales
from colab_training.ensemble.clips import fit_clips, opinions, splits
from colab_training.ensemble.compare import compare, folds, out_of_fold
from colab_training.ensemble.conformal import Promise
from colab_training.ensemble.evidence import PictureEvidence
from colab_training.ensemble.methods import AVERAGE, METHODS, SINGLE, patterned
from colab_training.ensemble.missing import without
from colab_training.ensemble.pictures import fit_pictures
from colab_training.ensemble.verdicts import together
from colab_training.metrics import Floats, auc
from colab_training.video_fusion.clips import Clip
from colab_training.video_fusion.settings import VideoFusionSettings
from colab_training.voice_spoof.judgements import Judgement
from fusion_svc.model import FusionParameters, read_fusion_model
from kit.models.card import LoadedModel

# Of the many choices of two or three among ten tests of videos.
_CHOICES = 8


@dataclass(frozen=True, eq=False)
class Timed:
    """Evidence seen before of what takes time."""

    clips: Sequence[Clip]
    judgements: Sequence[Judgement]
    settings: VideoFusionSettings


@dataclass(frozen=True, eq=False)
class Inputs:
    """Evidence seen before; without `timed` photos alone are measured."""

    evidence: PictureEvidence
    timed: Timed | None = None


def run(inputs: Inputs, loaded: LoadedModel) -> Findings:
    """All numbers."""
    parameters = read_fusion_model(loaded).parameters
    kinds = [pictures(inputs.evidence, parameters.kinds["image"])]
    promised_to = {"image": fit_pictures(inputs.evidence.calibration, inputs.evidence.new).promises}
    if inputs.timed is None:
        return _findings(kinds, promised_to, parameters, loaded)
    timed = inputs.timed
    kinds += [
        videos(timed.clips, timed.settings, parameters.kinds["video"]),
        recordings(timed.judgements, parameters.kinds["audio"]),
    ]
    train, _ = splits(timed.clips, timed.settings)
    fitted = fit_clips(train, timed.settings)
    promised_to |= {"video": fitted.promises, "audio": _promised_to_voices(timed.judgements, parameters)}
    return replace(
        _findings(kinds, promised_to, parameters, loaded),
        left_out={
            "as they are": _areas(train, fitted.log_odds, timed.settings),
            "cut to 1.28 s": _cut_areas(train, timed.settings),
        },
        voices=novelty(timed.judgements),
    )


def _findings(
    kinds: Sequence[Kind],
    promised_to: Mapping[str, Sequence[Promise]],
    parameters: FusionParameters,
    loaded: LoadedModel,
) -> Findings:
    judged = {kind.name: kind.judged() for kind in kinds}
    learned = [kind for kind in kinds if len(kind.learned.cues) > 1]
    several = len(kinds) > 1
    return Findings(
        version=loaded.card.version,
        parameters=parameters,
        measured={
            **({ALL: measure(together(list(judged.values())))} if several else {}),
            **{name: measure(own) for name, own in judged.items()},
        },
        rivals={**({ALL: rivals(kinds)} if several else {}), **{kind.name: rivals([kind]) for kind in kinds}},
        best_tests={kind.name: best_test(kind) for kind in kinds},
        compared={kind.name: compare(kind.learned) for kind in kinds},
        scales={kind.name: compare_scales(kind.learned, _patterned(kind)) for kind in learned},
        without={kind.name: without(kind.weighed, kind.judged, _CHOICES) for kind in kinds},
        promises=promised_to,
    )


def _patterned(kind: Kind) -> Floats:
    (log_odds,) = out_of_fold(kind.learned, [kind.learned], patterned, folds(kind.learned, kind.learned.groups))
    return log_odds


def _promised_to_voices(judgements: Sequence[Judgement], parameters: FusionParameters) -> Sequence[Promise]:
    train = [single(own) for own in judgements if own.split == "train"]
    return promised(train, log_odds_of(train, parameters.kinds["audio"]))


def _cut_areas(train: Sequence[Clip], settings: VideoFusionSettings) -> dict[str, float]:
    cut = [cut_alike(clip) for clip in train]
    return _areas(cut, fit_clips(cut, settings).log_odds, settings)


def _areas(train: Sequence[Clip], log_odds: Floats, settings: VideoFusionSettings) -> dict[str, float]:
    table = opinions(train)
    unpaid = fit_clips(train, settings.model_copy(update={"search_discount": 0.0})).log_odds
    simple = {name: METHODS[name](table)(table.ratios) for name in (SINGLE, AVERAGE)}
    values = simple | {FUSION: log_odds, "fusion that pays nothing for the search": unpaid}
    return {name: auc(table.fake, own) for name, own in values.items()}
