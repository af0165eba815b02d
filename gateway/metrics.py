"""Everything that the gateway and its workers count. Labels are methods, outcomes, detectors and states, and nothing else."""

from __future__ import annotations

from typing import Final

from kit.telemetry import Counter, Gauge, Histogram

CALLS: Final = Counter("telltale_gateway_calls", "Calls that ended, refused ones included.", "method", "outcome")
CALL_SECONDS: Final = Histogram("telltale_gateway_call_seconds", "Length of calls, waiting included.", "method")

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


def count_call(method: str, outcome: str, took_s: float) -> None:
    """A call has ended."""
    CALLS.add(method=method, outcome=outcome)
    CALL_SECONDS.observe(took_s, method=method)
