"""How good verdicts on the golden set are, for Prometheus."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from kit.telemetry import Gauge
from monitoring.golden.measure import Quality

_AUC: Final = Gauge("telltale_golden_auc", "Area under the ROC curve on the golden set.", "medium")
_FALSE: Final = Gauge(
    "telltale_golden_false_positive_rate", "Share of its real items that are labelled MANIPULATED.", "medium"
)
_ERROR: Final = Gauge("telltale_golden_calibration_error", "Mean gap of probability and share, ten bins.", "medium")
_FAILURES: Final = Gauge("telltale_golden_failures", "Items of the golden set that could not be judged.", "medium")
_LAST_RUN: Final = Gauge("telltale_golden_last_run_timestamp_seconds", "When it was judged last, since 1970.", "medium")


def show(found: Mapping[str, Quality], now_s: float) -> None:
    """What was found at that moment, seconds since 1970. What cannot be measured stays as it was and grows old."""
    for medium, quality in found.items():
        measured = ((_AUC, quality.auc), (_FALSE, quality.false_positive_rate), (_ERROR, quality.calibration_error))
        for gauge, value in measured:
            if not math.isnan(value):
                gauge.set(value, medium=medium)
        _FAILURES.set(len(quality.failures), medium=medium)
        if quality.items:
            _LAST_RUN.set(now_s, medium=medium)
