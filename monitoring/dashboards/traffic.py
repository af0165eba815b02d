"""How much is asked, how fast it is answered, and what fails."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.budget import BUDGET, OBJECTIVE, calls, failed, failed_share
from monitoring.alerts.latency import P99
from monitoring.dashboards.panel import OF_SERVICE, Curves, Dashboard, Number, Query, part_of, quantile, rate

_SERVED: Final = "rpc_server_call_duration_seconds"
_ASKED: Final = "rpc_client_call_duration_seconds"
_COUNT: Final = f"{_SERVED}_count{{{OF_SERVICE}}}"
_FAILED: Final = f'{_SERVED}_count{{{OF_SERVICE}, rpc_response_status_code!="OK"}}'
_RECALLED: Final = 'telltale_gateway_evidence_total{origin="recalled"}'
_EDGE: Final = 'envoy_http_downstream_rq_xx{envoy_http_conn_manager_prefix="edge"}'

TRAFFIC: Final = Dashboard(
    "traffic",
    "Telltale: traffic and latency",
    "How many calls there are, how long they take and how much of the error budget they use.",
    by_service=True,
    rows=(
        (
            "The promise",
            (
                Number(
                    "Calls without our fault, 3 days",
                    f"Share of calls that did not fail by a fault of ours; {OBJECTIVE:.1%} is promised.",
                    "percentunit",
                    [Query(f"1 - {failed_share('3d')}", "share")],
                ),
                Number(
                    "Budget burnt, 1 hour",
                    "How many times faster than allowed the error budget goes; above 14.4 somebody is paged.",
                    "none",
                    [Query(f"({failed_share('1h')}) / {BUDGET:g}", "times")],
                ),
                Number(
                    "All calls",
                    "Calls that gateways ended, and those that never reached one.",
                    "reqps",
                    [Query(calls("5m"), "calls")],
                ),
                Number(
                    "Failed calls", "Those that failed by a fault of ours.", "reqps", [Query(failed("5m"), "failed")]
                ),
            ),
        ),
        (
            "Edge and gateway",
            (
                Curves(
                    "Answers of Envoy by class",
                    "gRPC errors travel as 200. Class 5: a gateway that is away, or a REST call that failed by us.",
                    "reqps",
                    [Query(rate(_EDGE, "envoy_response_code_class"), "{{envoy_response_code_class}}xx")],
                    stacked=True,
                ),
                Curves(
                    "Calls of the gateway by method",
                    "What is asked for. A method that nobody uses and suddenly leads is worth a look.",
                    "reqps",
                    [Query(rate("telltale_gateway_calls_total", "method"), "{{method}}")],
                ),
            ),
        ),
        (
            "Services",
            (
                Curves(
                    "Calls",
                    "Calls that ended.",
                    "reqps",
                    [Query(rate(_COUNT, "service", "rpc_method"), "{{service}} {{rpc_method}}")],
                ),
                Curves(
                    "Calls that did not end as OK",
                    "Share of calls by service, whoever is at fault.",
                    "percentunit",
                    [Query(part_of(_FAILED, _COUNT, "service"), "{{service}}")],
                ),
                Curves(
                    "Half of the calls take at most",
                    "Median length, waiting included.",
                    "s",
                    [
                        Query(
                            quantile(0.5, _SERVED, "service", "rpc_method", selector=OF_SERVICE),
                            "{{service}} {{rpc_method}}",
                        )
                    ],
                ),
                Curves(
                    "One in a hundred takes more than",
                    "99th percentile of ten minutes. Watching and waiting calls are long by nature.",
                    "s",
                    [Query(f"{P99}{{{OF_SERVICE}}}", "{{service}} {{rpc_method}}")],
                ),
                Curves(
                    "As the caller sees it, 99th percentile",
                    "Length of calls that gateways make. Much more than the service's own time: the network, or a line.",
                    "s",
                    [Query(quantile(0.99, _ASKED, "rpc_method"), "{{rpc_method}}")],
                ),
                Curves(
                    "Calls at work, share of the limit",
                    "At 100% a process refuses calls as OVERLOADED.",
                    "percentunit",
                    [
                        Query(
                            f"telltale_calls_at_work{{{OF_SERVICE}}} / telltale_calls_limit{{{OF_SERVICE}}}",
                            "{{service}} {{instance}}",
                        )
                    ],
                ),
            ),
        ),
        (
            "Queue",
            (
                Curves(
                    "Analyses that wait",
                    "In the queue of all gateways on one database.",
                    "short",
                    [Query("max(telltale_gateway_waiting_analyses)", "waiting")],
                ),
                Curves(
                    "The oldest has waited",
                    "Above five minutes somebody is paged.",
                    "s",
                    [Query("max(telltale_gateway_oldest_waiting_seconds)", "oldest")],
                ),
                Curves(
                    "Analyses that ended",
                    "By how they ended.",
                    "ops",
                    [Query(rate("telltale_gateway_analyses_total", "state"), "{{state}}")],
                ),
                Curves(
                    "Evidence taken over",
                    "Share of detectors' evidence that came from an earlier analysis of the same bytes.",
                    "percentunit",
                    [
                        Query(
                            part_of(_RECALLED, "telltale_gateway_evidence_total", "detector"),
                            "{{detector}}",
                        )
                    ],
                ),
            ),
        ),
    ),
)
