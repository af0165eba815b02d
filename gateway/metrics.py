"""Everything that the gateway and its workers count. Labels are methods, outcomes, detectors and states, and nothing else."""

from __future__ import annotations

from typing import Final

from kit.telemetry import Counter, Gauge, Histogram

CALLS: Final = Counter("telltale_gateway_calls", "Calls that ended, refused ones included.", "method", "outcome")

WAITING: Final = Gauge("telltale_gateway_waiting_analyses", "Analyses that wait for their turn.")
OLDEST_WAITING_SECONDS: Final = Gauge(
    "telltale_gateway_oldest_waiting_seconds", "How long the oldest of them has waited; 0 when none does."
)
ANALYSES: Final = Counter("telltale_gateway_analyses", "Analyses that ended.", "state")
DETECTOR_FAILURES: Final = Counter(
    "telltale_gateway_detector_failures",
    "Detectors that failed or came too late, once an analysis.",
    "detector",
    "reason",
)

EVIDENCE: Final = Counter(
    "telltale_gateway_evidence",
    "Detectors that came to their end, or whose evidence was taken over from an earlier analysis.",
    "detector",
    "origin",
)

REFUSED_UPLOADS: Final = Counter("telltale_gateway_refused_uploads", "Files that were not taken.", "reason")
SCANS: Final = Counter("telltale_gateway_scans", "Files shown to a scanner.", "scanner", "result")
NEAR_DUPLICATES: Final = Counter(
    "telltale_gateway_near_duplicates", "Files much like others of the same token, taken or refused.", "outcome"
)
PROBING: Final = Counter(
    "telltale_gateway_probing", "Patterns of calls that look like an attack on the models.", "pattern"
)

WEBHOOK_ATTEMPTS: Final = Counter("telltale_gateway_webhook_attempts", "Attempts to deliver a notification.", "outcome")
AUDIT_WRITE_SECONDS: Final = Histogram("telltale_gateway_audit_write_seconds", "Length of writes to the audit log.")

VERDICTS: Final = Counter("telltale_verdicts", "Verdicts that were given, stored ones and others.", "medium", "label")
RISK_SCORE: Final = Histogram(
    "telltale_risk_score", "Risk scores of verdicts.", "medium", edges=tuple(float(edge) for edge in range(5, 100, 5))
)
INPUT_MEGAPIXELS: Final = Histogram(
    "telltale_input_megapixels",
    "Size of the photos and frames that were judged, 10^6 pixels.",
    "medium",
    edges=(0.1, 0.3, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 48.0, 100.0),
)
INPUT_SECONDS: Final = Histogram(
    "telltale_input_seconds",
    "Playing time of what was judged.",
    "medium",
    edges=(1.0, 3.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 3600.0),
)
INPUT_MEGABYTES: Final = Histogram(
    "telltale_input_megabytes",
    "Length of the files that were judged, 10^6 bytes.",
    "medium",
    edges=(0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0),
)
PREDICTIONS: Final = Counter("telltale_predictions_logged", "Lines of the prediction log: written, failed.", "outcome")
