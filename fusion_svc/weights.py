"""Which weights hold for one piece of media: by the tests that gave an opinion on it, and by its size."""

from __future__ import annotations

from collections.abc import Iterable

from fusion_svc.model import KindParameters, LargePictures
from telltale.common.v1 import evidence_pb2, media_pb2


def weights_for(
    parameters: KindParameters, findings: Iterable[evidence_pb2.Evidence], media: media_pb2.MediaInfo | None
) -> KindParameters:
    """The parameters with the weights and the prior of the pattern of these findings, reduced for large pictures."""
    return _sized(_patterned(parameters, findings), media)


def _patterned(parameters: KindParameters, findings: Iterable[evidence_pb2.Evidence]) -> KindParameters:
    if not parameters.patterns:
        return parameters
    spoke = parameters.patterned & {entry.cue for entry in findings if entry.finding.quality > 0}
    for pattern in parameters.patterns:
        if spoke == set(pattern.tests):
            weights = {**parameters.weights, **pattern.weights}
            return parameters.model_copy(update={"weights": weights, "prior_log_odds": pattern.prior_log_odds})
    return parameters


def _sized(parameters: KindParameters, media: media_pb2.MediaInfo | None) -> KindParameters:
    large = parameters.large_pictures
    if media is None or large is None or min(media.width_px, media.height_px) <= large.above_side_px:
        return parameters
    weights = {cue: weight * _share(cue, large) for cue, weight in parameters.weights.items()}
    prior = parameters.prior_log_odds * large.factor
    return parameters.model_copy(update={"weights": weights, "prior_log_odds": prior})


def _share(cue: str, large: LargePictures) -> float:
    return large.factor if cue in large.tests else 1.0
