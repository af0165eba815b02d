"""What the monitor measures, for Prometheus. What cannot be compared any more is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from kit.telemetry import Gauge, Reading
from monitoring.drift.compare import Report

_PSI: Final = Reading("telltale_drift_psi", "Population stability index against the reference.", "medium", "what")
_KS: Final = Reading("telltale_drift_ks", "Largest gap of cumulative shares to the reference.", "medium", "what")
_ALARM: Final = Reading("telltale_drift_alarm", "1: it moved by more than chance would; 0: not.", "medium", "what")
_SAMPLES: Final = Reading("telltale_drift_samples", "Predictions of the window that have it.", "medium", "what")
_LAST_RUN: Final = Gauge("telltale_drift_last_run_timestamp_seconds", "When the monitor looked last, since 1970.")
_FOREIGN: Final = Gauge("telltale_drift_foreign_lines", "Lines near the windows that are no predictions.")

Labelled = Mapping[tuple[str, ...], float]


class Board:
    """The last look."""

    def __init__(self) -> None:
        self._psi: Labelled = {}
        self._ks: Labelled = {}
        self._alarm: Labelled = {}
        self._samples: Labelled = {}

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Readers of the metrics see it while the context lasts."""
        with ExitStack() as stack:
            stack.callback(_PSI.follow(lambda: self._psi))
            stack.callback(_KS.follow(lambda: self._ks))
            stack.callback(_ALARM.follow(lambda: self._alarm))
            stack.callback(_SAMPLES.follow(lambda: self._samples))
            yield

    def show(self, reports: Sequence[Report], foreign: int, now_s: float) -> None:
        """There was a look at that moment, seconds since 1970."""
        found = {(report.medium, own.what): own for report in reports for own in report.quantities}
        self._psi = {labels: own.psi for labels, own in found.items() if own.psi is not None}
        self._ks = {labels: own.ks for labels, own in found.items() if own.ks is not None}
        self._alarm = {labels: float(own.alarm) for labels, own in found.items()}
        self._samples = {labels: float(own.samples) for labels, own in found.items()}
        _FOREIGN.set(foreign)
        _LAST_RUN.set(now_s)
