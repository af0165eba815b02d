"""The walls are thinner than they should be, or somebody runs against them."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.rule import Alert, Group, Severity, share

_SCANS: Final = 'telltale_gateway_scans_total{scanner="clamd"}'
_UNSCANNED: Final = 'telltale_gateway_scans_total{scanner="clamd", result="SCANNER_UNAVAILABLE"}'
_ENDED: Final = "telltale_sandbox_ended_total"
_STOPPED: Final = 'telltale_sandbox_ended_total{how=~"wall_clock|cpu|memory|crashed"}'
_FAILURES: Final = "telltale_decode_failures_total"

GROUP: Final = Group(
    "telltale-guards",
    "30s",
    (
        Alert(
            "ClamdDegraded",
            f"{share(_UNSCANNED, _SCANS, '5m')} > 0.05",
            "5m",
            Severity.PAGE,
            "The malware scanner does not answer.",
            "{{ $value | humanizePercentage }} of the files could not be shown to clamd: they are refused, or taken unscanned.",
        ),
        Alert(
            "SandboxDegraded",
            "telltale_sandbox_degraded == 1",
            "1m",
            Severity.PAGE,
            "Hostile media are decoded without all walls of the sandbox.",
            "Walls of the sandbox do not hold at {{ $labels.instance }} of {{ $labels.service }}.",
        ),
        Alert(
            "SandboxKills",
            f"{share(_STOPPED, _ENDED, '10m', 'service')} > 0.1 and sum by (service) (increase({_ENDED}[10m])) >= 20",
            "10m",
            Severity.TICKET,
            "Many files end at a limit of the sandbox.",
            "{{ $value | humanizePercentage }} of the sandbox's children in {{ $labels.service }} were stopped or crashed.",
        ),
        Alert(
            "UnreadableMediaJump",
            f"sum by (reason) (increase({_FAILURES}[1h])) >= 50 "
            f"and sum by (reason) (rate({_FAILURES}[1h])) > 5 * sum by (reason) (rate({_FAILURES}[1d] offset 1h))",
            "10m",
            Severity.TICKET,
            "Many more files than the day before cannot be read.",
            "{{ $value | humanize }} files of the last hour could not be read: {{ $labels.reason }}.",
        ),
    ),
)
