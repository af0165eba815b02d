"""Measured numbers as rows of a model card."""

from __future__ import annotations

from colab_training.metrics import Estimate
from telltale.model.v1 import card_pb2


def metric_row(metric: str, dataset: str, split: str, estimate: Estimate) -> card_pb2.Metric:
    """What was measured, on which part of which data, with its 95% interval."""
    return card_pb2.Metric(
        metric=metric,
        dataset=dataset,
        split=split,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        items=estimate.items,
    )
