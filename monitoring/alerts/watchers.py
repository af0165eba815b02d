"""Who watches has gone quiet, which looks like all being well."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.rule import Alert, Group, Severity

_GOLDEN: Final = "telltale_golden_last_run_timestamp_seconds"

GROUP: Final = Group(
    "telltale-watchers",
    "30s",
    (
        Alert(
            "NothingMeasured",
            "absent(up == 1)",
            "5m",
            Severity.PAGE,
            "Prometheus reaches nothing at all.",
            "No process answers Prometheus: all other alerts are blind.",
        ),
        Alert(
            "DriftMonitorSilent",
            "absent(telltale_drift_last_run_timestamp_seconds) or time() - max(telltale_drift_last_run_timestamp_seconds) > 3600",
            "15m",
            Severity.TICKET,
            "Nobody looks for drift.",
            "The monitor of drift is not there, or has not looked for more than an hour; it should every five minutes.",
        ),
        Alert(
            "GoldenSetOld",
            f"time() - max by (medium) ({_GOLDEN}) > 86400 "
            f"or (count by (medium) ({_GOLDEN} offset 1d) unless count by (medium) ({_GOLDEN}))",
            "15m",
            Severity.TICKET,
            "The golden set was not judged for a day.",
            "{{ $labels.medium }}s of the golden set were not judged for a day; every six hours is usual.",
        ),
    ),
)
