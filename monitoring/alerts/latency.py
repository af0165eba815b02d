"""Answers come, and come late."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.rule import Alert, Group, Record, Severity

P99: Final = "service_method:rpc_server_call_duration_seconds:p99_10m"
"""Recorded: seconds that one call in a hundred exceeds, by service and method."""

_LOOKING: Final = r'rpc_method=~"telltale\\.gateway\\.v1\\.[A-Za-z]+/(Get|List)[A-Za-z]+", rpc_method!~".*Report"'
_DETECTING: Final = 'rpc_method=~".+/Analyze(Image|Video|Sound|Metadata)"'
_FUSING: Final = 'rpc_method=~".+/Fuse"'
_BUCKETS: Final = "rpc_server_call_duration_seconds_bucket"


def _p99(selector: str, window: str, by: str) -> str:
    return f"histogram_quantile(0.99, sum by ({by}, le) (rate({_BUCKETS}{{{selector}}}[{window}])))"


def _busy(selector: str, window: str, by: str) -> str:
    """A percentile of a few calls is the slowest of them."""
    return f"sum by ({by}) (increase(rpc_server_call_duration_seconds_count{{{selector}}}[{window}])) >= 100"


_DAY: Final = f"histogram_quantile(0.99, sum by (service, le) (rate({_BUCKETS}{{{_DETECTING}}}[1d] offset 1h)))"

GROUP: Final = Group(
    "telltale-latency",
    "30s",
    (
        Record(
            P99,
            f"histogram_quantile(0.99, sum by (service, rpc_method, le) (rate({_BUCKETS}[10m])))",
        ),
        Alert(
            "GatewaySlow",
            f"{_p99(_LOOKING, '10m', 'service')} > 1 and {_busy(_LOOKING, '10m', 'service')}",
            "10m",
            Severity.PAGE,
            "The gateway takes long to say what it has stored.",
            "One in a hundred of the calls that only read takes more than {{ $value | humanizeDuration }}; 1 s is the most.",
        ),
        Alert(
            "DetectorSlow",
            f"{_p99(_DETECTING, '1h', 'service')} > 2 * ({_DAY}) and {_p99(_DETECTING, '1h', 'service')} > 1 "
            f"and {_busy(_DETECTING, '1h', 'service')}",
            "10m",
            Severity.TICKET,
            "A detector takes twice as long as the day before.",
            "One in a hundred calls of {{ $labels.service }} takes more than {{ $value | humanizeDuration }}.",
        ),
        Alert(
            "FusionSlow",
            f"{_p99(_FUSING, '10m', 'service')} > 0.5 and {_busy(_FUSING, '10m', 'service')}",
            "10m",
            Severity.TICKET,
            "fusion-svc takes long for what needs no picture and no network.",
            "One in a hundred verdicts takes more than {{ $value | humanizeDuration }}; 0.5 s is the most.",
        ),
        Alert(
            "NetworksWaitForCores",
            "histogram_quantile(0.99, sum by (service, model, le) (rate(telltale_batch_wait_seconds_bucket[10m]))) > 1 "
            "and sum by (service, model) (increase(telltale_batch_wait_seconds_count[10m])) >= 100",
            "10m",
            Severity.TICKET,
            "Networks stand in line for a core.",
            "One in a hundred runs of {{ $labels.model }} in {{ $labels.service }} waits for {{ $value | humanizeDuration }}.",
        ),
    ),
)
