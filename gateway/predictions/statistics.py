"""Hears of every verdict: counts it and, where it may be kept, notes it in the prediction log."""

from __future__ import annotations

from typing import Protocol

from gateway.metrics import INPUT_MEGABYTES, INPUT_MEGAPIXELS, INPUT_SECONDS, PREDICTIONS, RISK_SCORE, VERDICTS
from gateway.predictions.prediction import (
    duration_s_of,
    label_of,
    medium_of,
    megabytes_of,
    megapixels_of,
    prediction_of,
)
from kit.log import get_logger
from kit.predictions import Prediction
from telltale.gateway.v1 import resources_pb2


class Log(Protocol):
    """Takes predictions."""

    def add(self, prediction: Prediction) -> None:
        """Takes one. Neither waits nor raises."""
        ...


class Statistics:
    """What is known of all verdicts together. `log` is None where none is kept."""

    def __init__(self, log: Log | None = None) -> None:
        self._log = log

    def hear(self, analysis: resources_pb2.Analysis) -> None:
        """An analysis has its verdict, and nobody else hears of it here. Neither waits nor raises."""
        try:
            _count(analysis)
            if self._log is not None and analysis.retention != resources_pb2.RETENTION_NONE:
                self._log.add(prediction_of(analysis))
        except Exception:  # The last resort: an answer must not fail for what is said about it.
            PREDICTIONS.add(outcome="failed")
            get_logger().exception("a verdict could not be counted or noted")


def _count(analysis: resources_pb2.Analysis) -> None:
    info, verdict = analysis.info, analysis.verdict
    medium, megapixels, seconds = medium_of(info), megapixels_of(info), duration_s_of(info)
    VERDICTS.add(medium=medium, label=label_of(verdict))
    RISK_SCORE.observe(verdict.risk_score, medium=medium)
    INPUT_MEGABYTES.observe(megabytes_of(info), medium=medium)
    if megapixels is not None:
        INPUT_MEGAPIXELS.observe(megapixels, medium=medium)
    if seconds is not None:
        INPUT_SECONDS.observe(seconds, medium=medium)
