"""Something will be full, or is."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.rule import Alert, Group, Severity, rose, share

_MEMORY: Final = "process_resident_memory_bytes"
_CALLS: Final = "telltale_gateway_calls_total"

GROUP: Final = Group(
    "telltale-resources",
    "30s",
    (
        Alert(
            "MemoryGrows",
            f"avg_over_time({_MEMORY}[1h]) - avg_over_time({_MEMORY}[1h] offset 12h) > 256e6 "
            f"and avg_over_time({_MEMORY}[1h]) > 1.5 * avg_over_time({_MEMORY}[1h] offset 12h) "
            f"and deriv({_MEMORY}[6h]) > 0",
            "1h",
            Severity.TICKET,
            "A process needs more and more memory.",
            "{{ $labels.instance }} of {{ $labels.service }} holds {{ $value | humanize1024 }}B more than 12 hours ago.",
        ),
        Alert(
            "QueueOld",
            "max(telltale_gateway_oldest_waiting_seconds) > 300",
            "5m",
            Severity.PAGE,
            "Analyses wait too long for their turn.",
            "The oldest analysis in the queue has waited for {{ $value | humanizeDuration }}.",
        ),
        Alert(
            "CallsAtLimit",
            "telltale_calls_at_work / telltale_calls_limit > 0.9",
            "5m",
            Severity.TICKET,
            "A process is about to refuse calls.",
            "{{ $labels.instance }} of {{ $labels.service }} has {{ $value | humanizePercentage }} of its places taken.",
        ),
        Alert(
            "CallsShed",
            share(_CALLS + '{outcome="OVERLOADED"}', _CALLS, "10m") + " > 0.05",
            "10m",
            Severity.PAGE,
            "Callers are sent away because there is no place.",
            "{{ $value | humanizePercentage }} of the calls are refused as OVERLOADED.",
        ),
        Alert(
            "FileDescriptorsShort",
            "process_open_fds / process_max_fds > 0.8",
            "5m",
            Severity.TICKET,
            "A process has few file descriptors left.",
            "{{ $labels.instance }} of {{ $labels.service }} has {{ $value | humanizePercentage }} of its descriptors open.",
        ),
        Alert(
            "StoreFull",
            rose(_CALLS + '{outcome="STORAGE_FULL"}', "10m", "outcome"),
            "0m",
            Severity.PAGE,
            "The media store is full: uploads are refused.",
            "Calls ended as STORAGE_FULL within the last ten minutes.",
        ),
        Alert(
            "StoreAway",
            share(_CALLS + '{outcome="STORAGE_UNAVAILABLE"}', _CALLS, "5m") + " > 0.05",
            "2m",
            Severity.PAGE,
            "The database or the media store does not answer.",
            "{{ $value | humanizePercentage }} of the calls end as STORAGE_UNAVAILABLE.",
        ),
        Alert(
            "AuditLogSlow",
            "histogram_quantile(0.99, sum by (le) (rate(telltale_gateway_audit_write_seconds_bucket[10m]))) > 1 "
            "and sum(increase(telltale_gateway_audit_write_seconds_count[10m])) >= 100",
            "10m",
            Severity.TICKET,
            "Writes to the audit log are slow, and every call waits for its own.",
            "One in a hundred writes takes more than {{ $value | humanizeDuration }}.",
        ),
        Alert(
            "PredictionsLost",
            rose('telltale_predictions_logged_total{outcome="failed"}', "1h", "service"),
            "0m",
            Severity.TICKET,
            "Lines of the prediction log are lost: the monitor of drift does not see all.",
            "{{ $labels.service }} gave up lines of the prediction log within the last hour.",
        ),
        Alert(
            "NotificationsGivenUp",
            rose('telltale_gateway_webhook_attempts_total{outcome="given_up"}', "1h", "outcome"),
            "0m",
            Severity.TICKET,
            "Notifications could not be delivered.",
            "Notifications were given up after their last attempt within the last hour.",
        ),
    ),
)
