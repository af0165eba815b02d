"""Evidence and fusion models for tests, made by hand."""

from __future__ import annotations

from fusion_svc.model import FusionModel, FusionParameters
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.model.v1 import card_pb2

PHOTO = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_IMAGE, mime_type="image/jpeg", size_bytes=9, sha256="ab" * 32)
PARAMETERS = FusionParameters.model_validate(
    {
        "prior_log_odds": 0.0,
        "weights": {"alpha": 1.0, "beta": 0.5, "gamma": 0.25},
        "labels": {"manipulated": 2.0, "suspicious": 1.0, "authentic": -1.0},
        "min_evidence": 0.5,
        "conflict": 1.5,
        "cues": {"image": ["alpha", "beta"], "video": [], "audio": []},
    }
)


def a_point(
    name: str, threshold: float, *, items: int = 300, dataset: str = "val, 4 kinds of fake"
) -> card_pb2.OperatingPoint:
    """A measured operating point; with 0 items, one that was not measured."""
    return card_pb2.OperatingPoint(
        name=name,
        threshold=threshold,
        false_positive_rate=0.02 if items else 0,
        true_positive_rate=0.97 if items else 0,
        false_positive_rate_upper=0.043 if items else 0,
        authentic_items=items,
        manipulated_items=items,
        dataset=dataset if items else "",
    )


def a_model(parameters: FusionParameters = PARAMETERS, *, items: int = 300) -> FusionModel:
    """A fusion model with operating points at the thresholds of its parameters."""
    points = {name: a_point(name, threshold, items=items) for name, threshold in parameters.labels.model_dump().items()}
    reference = evidence_pb2.ModelReference(name="fusion", version="9.9.9", card_sha256="cd" * 32)
    return FusionModel(reference=reference, parameters=parameters, operating_points=points)


def a_finding(
    cue: str, log_likelihood_ratio: float, quality: float = 1.0, code: str = "some_code", **parameters: str
) -> evidence_pb2.Evidence:
    """Evidence with an opinion."""
    return evidence_pb2.Evidence(
        cue=cue,
        finding=evidence_pb2.Finding(
            log_likelihood_ratio=log_likelihood_ratio,
            quality=quality,
            reason=evidence_pb2.FindingReason(code=code, parameters=parameters),
        ),
    )


def an_abstention(
    cue: str, reason: evidence_pb2.AbstentionReason.ValueType, **parameters: str
) -> evidence_pb2.Evidence:
    """Evidence without an opinion."""
    return evidence_pb2.Evidence(cue=cue, abstention=evidence_pb2.Abstention(reason=reason, parameters=parameters))
