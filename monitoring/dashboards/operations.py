"""What fails, and what is used up."""

from __future__ import annotations

from typing import Final

from monitoring.dashboards.panel import OF_SERVICE, RATE, Curves, Dashboard, Query, quantile, rate

_STATUS: Final = "rpc_response_status_code"
_LOOKED_AT: Final = "{{service}} {{instance}}"

ERRORS: Final = Dashboard(
    "errors",
    "Telltale: errors by type",
    "What callers are refused for, what fails inside, and what runs against the walls.",
    rows=(
        (
            "Callers",
            (
                Curves(
                    "Calls that did not end well",
                    "By reason, of all methods. Most are the caller's: OVERLOADED, INTERNAL and all UNAVAILABLE ones are ours.",
                    "reqps",
                    [Query(rate('telltale_gateway_calls_total{outcome!="OK"}', "outcome"), "{{outcome}}")],
                    stacked=True,
                ),
                Curves(
                    "Uploads refused",
                    "Files that were not taken, by reason.",
                    "ops",
                    [Query(rate("telltale_gateway_refused_uploads_total", "reason"), "{{reason}}")],
                    stacked=True,
                ),
                Curves(
                    "Patterns of probing",
                    "Patterns of calls that look like an attack on the models, an hour.",
                    "short",
                    [Query("sum by (pattern) (increase(telltale_gateway_probing_total[1h]))", "{{pattern}}")],
                ),
                Curves(
                    "Near duplicates",
                    "Files much like others of the same token.",
                    "ops",
                    [Query(rate("telltale_gateway_near_duplicates_total", "outcome"), "{{outcome}}")],
                ),
                Curves(
                    "Refused by Envoy for coming too fast",
                    "Requests beyond the edge's rate, of all callers together.",
                    "reqps",
                    [Query("sum(rate(envoy_http_local_rate_limit_rate_limited[$__rate_interval]))", "refused")],
                ),
                Curves(
                    "Notifications",
                    "Attempts by outcome; what is given up is lost.",
                    "ops",
                    [Query(rate("telltale_gateway_webhook_attempts_total", "outcome"), "{{outcome}}")],
                ),
            ),
        ),
        (
            "Inside",
            (
                Curves(
                    "Detectors that failed",
                    "Once an analysis; it has its verdict without them.",
                    "ops",
                    [
                        Query(
                            rate("telltale_gateway_detector_failures_total", "detector", "reason"),
                            "{{detector}} {{reason}}",
                        )
                    ],
                ),
                Curves(
                    "Calls between services that failed",
                    "By method and status, as the caller saw it.",
                    "reqps",
                    [
                        Query(
                            rate(f'rpc_client_call_duration_seconds_count{{{_STATUS}!="OK"}}', "rpc_method", _STATUS),
                            f"{{{{rpc_method}}}} {{{{{_STATUS}}}}}",
                        )
                    ],
                ),
                Curves(
                    "Media that could not be decoded",
                    "By reason, told by whoever decodes.",
                    "ops",
                    [Query(rate("telltale_decode_failures_total", "service", "reason"), "{{service}} {{reason}}")],
                ),
                Curves(
                    "Ends of the sandbox's children",
                    "Without those that ended well: refused is the file's fault; the others broke a limit, or crashed.",
                    "ops",
                    [Query(rate('telltale_sandbox_ended_total{how!="done"}', "service", "how"), "{{service}} {{how}}")],
                ),
                Curves(
                    "Scans",
                    "What scanners said. SCANNER_UNAVAILABLE is a file that nobody looked at.",
                    "ops",
                    [Query(rate("telltale_gateway_scans_total", "scanner", "result"), "{{scanner}} {{result}}")],
                ),
                Curves(
                    "Models refused",
                    "Sets of models that a process would not serve, an hour.",
                    "short",
                    [
                        Query(
                            "sum by (service, reason) (increase(telltale_model_refusals_total[1h]))",
                            "{{service}} {{reason}}",
                        )
                    ],
                ),
            ),
        ),
    ),
)

RESOURCES: Final = Dashboard(
    "resources",
    "Telltale: resources",
    "Cores, memory and descriptors by process, and the lines in front of them.",
    by_service=True,
    rows=(
        (
            "Processes",
            (
                Curves(
                    "Processes that answer",
                    "By service.",
                    "short",
                    [Query(f"sum by (service) (up{{{OF_SERVICE}}})", "{{service}}")],
                ),
                Curves(
                    "Cores",
                    "Cores that a process uses, children of the sandbox not counted.",
                    "none",
                    [Query(f"rate(process_cpu_seconds_total{{{OF_SERVICE}}}[{RATE}])", _LOOKED_AT)],
                ),
                Curves(
                    "Memory",
                    "Resident memory of a process. A line that only rises is a leak.",
                    "bytes",
                    [Query(f"process_resident_memory_bytes{{{OF_SERVICE}}}", _LOOKED_AT)],
                ),
                Curves(
                    "File descriptors, share of the limit",
                    "Connections, memory files of media and sandboxes.",
                    "percentunit",
                    [Query(f"process_open_fds{{{OF_SERVICE}}} / process_max_fds{{{OF_SERVICE}}}", _LOOKED_AT)],
                ),
                Curves(
                    "Running for",
                    "A line that falls to 0 is a restart.",
                    "s",
                    [Query(f"time() - process_start_time_seconds{{{OF_SERVICE}}}", _LOOKED_AT)],
                ),
                Curves(
                    "Envoy's memory",
                    "Allocated by Envoy.",
                    "bytes",
                    [Query("envoy_server_memory_allocated", "{{instance}}")],
                ),
            ),
        ),
        (
            "Lines",
            (
                Curves(
                    "Requests that wait for a core",
                    "By model.",
                    "short",
                    [
                        Query(
                            f"sum by (service, model) (telltale_batch_waiting{{{OF_SERVICE}}})", "{{service}} {{model}}"
                        )
                    ],
                ),
                Curves(
                    "Wait for a core, 99th percentile",
                    "Above a second there are too few cores for what is asked.",
                    "s",
                    [
                        Query(
                            quantile(0.99, "telltale_batch_wait_seconds", "service", "model", selector=OF_SERVICE),
                            "{{service}} {{model}}",
                        )
                    ],
                ),
                Curves(
                    "Children of the sandbox",
                    "At work, by service.",
                    "short",
                    [Query(f"sum by (service) (telltale_sandbox_children{{{OF_SERVICE}}})", "{{service}}")],
                ),
                Curves(
                    "Writes to the audit log",
                    "Median and 99th percentile; every call waits for its own.",
                    "s",
                    [
                        Query(quantile(part, "telltale_gateway_audit_write_seconds"), f"{part:.0%}")
                        for part in (0.5, 0.99)
                    ],
                ),
                Curves(
                    "Prediction log",
                    "Lines written, and lines given up.",
                    "ops",
                    [Query(rate("telltale_predictions_logged_total", "service", "outcome"), "{{service}} {{outcome}}")],
                ),
                Curves(
                    "Connections of Envoy to gateways",
                    "Open ones.",
                    "short",
                    [Query('sum(envoy_cluster_upstream_cx_active{envoy_cluster_name="gateway"})', "connections")],
                ),
            ),
        ),
    ),
)
