"""The fusion model: weights, thresholds and expected tests from `fusion.json`, measured error rates from its card.

Both speak of each kind of media on its own; the card's operating points are called "image_manipulated", "video_authentic"…
The rule of the points "…_manipulated" and "…_suspicious" holds at or above their threshold. The rule of "…_authentic" holds
at or below it; its rates keep the card's meaning (shares at or above), so manipulated media are missed at
1 - true_positive_rate. A point that no data stand behind (0 items) counts as not measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from fusion_svc.tested import MeasuredRange
from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.model.v1 import card_pb2

MODEL_NAME = "fusion"
PARAMETERS_FILE = "fusion.json"
MANIPULATED, SUSPICIOUS, AUTHENTIC = "manipulated", "suspicious", "authentic"
KIND_NAMES: Mapping[media_pb2.MediaKind.ValueType, str] = {
    media_pb2.MEDIA_KIND_IMAGE: "image",
    media_pb2.MEDIA_KIND_VIDEO: "video",
    media_pb2.MEDIA_KIND_AUDIO: "audio",
}

Weight = Annotated[FiniteFloat, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Thresholds(_Strict):
    """Natural log-odds at which labels begin: authentic < 0 < suspicious <= manipulated.

    The signs make every label likelier than not.
    """

    manipulated: FiniteFloat
    suspicious: Annotated[FiniteFloat, Field(gt=0)]
    authentic: Annotated[FiniteFloat, Field(lt=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Thresholds:
        if self.manipulated < self.suspicious:
            raise ValueError("manipulated must not be below suspicious")
        return self


class Pattern(_Strict):
    """What tests weigh when exactly these of all `KindParameters.patterned` gave an opinion."""

    tests: Annotated[list[str], Field(min_length=1)]
    weights: dict[str, Weight]
    prior_log_odds: FiniteFloat

    @model_validator(mode="after")
    def _complete(self) -> Pattern:
        if set(self.weights) != set(self.tests):
            raise ValueError(f"a pattern gives a weight to each of its tests and to no other: {self.tests}")
        return self


class LargePictures(_Strict):
    """Tests learned from small pictures say too much of large ones: above this size their weights and prior are reduced."""

    above_side_px: Annotated[float, Field(gt=0)]
    factor: Annotated[FiniteFloat, Field(gt=0, le=1)]
    tests: list[str]


class KindParameters(_Strict):
    """How media of one kind are judged."""

    prior_log_odds: FiniteFloat
    # No weight is negative: evidence for manipulation must never lower the risk.
    weights: dict[str, Weight]
    labels: Thresholds
    # Least sum of weight * quality over all findings for any label but INCONCLUSIVE.
    min_evidence: Annotated[FiniteFloat, Field(ge=0)]
    # Log-odds that both sides must reach to contradict each other.
    conflict: Annotated[FiniteFloat, Field(gt=0)]
    # Tests that are expected to report.
    cues: list[str]
    # What the prior loses by the logarithm of the number of stretches that were searched for the worst one. None: this kind
    # has no timeline, and spans of time count for nothing.
    search_discount: Annotated[FiniteFloat, Field(ge=0)] | None = None
    # Tests whose all-clear means nothing for this kind: a natural voice does not say that the face is real.
    one_sided: list[str] = []
    # Weights by which tests gave an opinion; where none fits, `weights` and `prior_log_odds` hold.
    patterns: list[Pattern] = []
    # None: size does not matter.
    large_pictures: LargePictures | None = None
    # Outside it no error rate is known.
    tested_range: MeasuredRange = MeasuredRange()

    @property
    def patterned(self) -> frozenset[str]:
        """Tests that any pattern speaks of."""
        return frozenset(test for pattern in self.patterns for test in pattern.tests)

    @model_validator(mode="after")
    def _complete(self) -> KindParameters:
        unweighted = (set(self.cues) | self.patterned) - set(self.weights)
        if unweighted:
            raise ValueError(f"cues without a weight: {sorted(unweighted)}")
        if len({frozenset(pattern.tests) for pattern in self.patterns}) < len(self.patterns):
            raise ValueError("two patterns are of the same tests")
        return self


class FusionParameters(_Strict):
    """Contents of `fusion.json`."""

    kinds: dict[str, KindParameters]

    @model_validator(mode="after")
    def _complete(self) -> FusionParameters:
        if set(self.kinds) != set(KIND_NAMES.values()):
            raise ValueError(f"kinds must be exactly {sorted(KIND_NAMES.values())}")
        return self


@dataclass(frozen=True)
class FusionModel:
    """All that judging needs; `operating_points` by name."""

    reference: evidence_pb2.ModelReference
    parameters: FusionParameters
    operating_points: Mapping[str, card_pb2.OperatingPoint]


def read_fusion_model(model: LoadedModel) -> FusionModel:
    """Reads the parameters of a checked model and holds them against its card.

    Raises:
        ModelInvalid: `fusion.json` breaks its format, or the card's operating points are not its thresholds.
    """
    raw = model.artefact(PARAMETERS_FILE).read_bytes()
    try:
        parameters = FusionParameters.model_validate_json(raw)
    except ValidationError as error:
        raise ModelInvalid(f"{model.folder / PARAMETERS_FILE} is not valid: {error}; fit the model again") from error
    points = {point.name: point for point in model.card.postprocessing.operating_points}
    _check_points(points, thresholds_by_point(parameters))
    return FusionModel(reference=model.reference, parameters=parameters, operating_points=points)


def point_name(kind: str, label: str) -> str:
    """Name of an operating point, e.g. "video_manipulated"."""
    return f"{kind}_{label}"


def thresholds_by_point(parameters: FusionParameters) -> dict[str, float]:
    """The threshold of every operating point that a card of these parameters must have."""
    return {
        point_name(kind, label): threshold
        for kind, entry in parameters.kinds.items()
        for label, threshold in entry.labels.model_dump().items()
    }


def is_authentic(point: card_pb2.OperatingPoint) -> bool:
    """Whether the point's rule holds at or below its threshold."""
    return point.name.endswith(point_name("", AUTHENTIC))


def is_measured(point: card_pb2.OperatingPoint) -> bool:
    """Whether data stand behind the point's error rate: misses for "…_authentic", else false alarms."""
    return (point.manipulated_items if is_authentic(point) else point.authentic_items) > 0


def _check_points(points: Mapping[str, card_pb2.OperatingPoint], thresholds: Mapping[str, float]) -> None:
    if {name: point.threshold for name, point in points.items()} != thresholds:
        raise ModelInvalid(
            f"the operating points of the fusion card are not the thresholds of {PARAMETERS_FILE} ({thresholds}); "
            "write the card again"
        )
    for point in points.values():
        rates = (point.false_positive_rate, point.true_positive_rate, point.false_positive_rate_upper)
        in_range = (
            all(0 <= rate <= 1 for rate in rates) and point.false_positive_rate <= point.false_positive_rate_upper
        )
        if is_measured(point) and not (in_range and point.dataset):
            raise ModelInvalid(
                f"operating point {point.name!r} of the fusion card: measured rates lie in [0, 1], the upper bound is not "
                "below the rate, and the dataset is named; write the card again"
            )
