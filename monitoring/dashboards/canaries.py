"""How a new version does beside the one that it may replace."""

from __future__ import annotations

from typing import Final

from monitoring.dashboards.panel import OF_SERVICE, Curves, Dashboard, Query, part_of, quantile, rate

_SERVED: Final = "rpc_server_call_duration_seconds"
_HASH: Final = "rollouts_pod_template_hash"
_STATUS: Final = "rpc_response_status_code"
_CALLS: Final = f'{_SERVED}_count{{{OF_SERVICE}, {_HASH}!=""}}'
_FAILED: Final = f'{_SERVED}_count{{{OF_SERVICE}, {_HASH}!="", {_STATUS}!="OK"}}'
_COMPARED: Final = f"telltale_shadow_compared_total{{{OF_SERVICE}}}"
_DIFFERENT: Final = f'telltale_shadow_compared_total{{{OF_SERVICE}, same="false"}}'
_VERSION: Final = f"{{{{service}}}} {{{{{_HASH}}}}}"

CANARIES: Final = Dashboard(
    "canaries",
    "Telltale: canaries",
    "A new version beside the one that it may replace, told apart by the hash of their pods.",
    by_service=True,
    since="now-1h",
    rows=(
        (
            "Calls",
            (
                Curves(
                    "Share of the calls",
                    "Rises by the steps of the policy; back to 0 is a rollback.",
                    "percentunit",
                    [
                        Query(
                            f"{rate(_CALLS, 'service', _HASH)} / on(service) group_left() {rate(_CALLS, 'service')}",
                            _VERSION,
                        )
                    ],
                ),
                Curves(
                    "Processes",
                    "That answer, by version.",
                    "short",
                    [Query(f'sum by (service, {_HASH}) (up{{{OF_SERVICE}, {_HASH}!=""}})', _VERSION)],
                ),
                Curves(
                    "Calls that did not end as OK",
                    "The canary's may be at most a point above the stable version's.",
                    "percentunit",
                    [
                        Query(
                            part_of(_FAILED, _CALLS, "service", _HASH),
                            _VERSION,
                        )
                    ],
                ),
                Curves(
                    "99th percentile",
                    "The canary's may be at most 1.3 times the stable version's.",
                    "s",
                    [Query(quantile(0.99, _SERVED, "service", _HASH, selector=f'{OF_SERVICE}, {_HASH}!=""'), _VERSION)],
                ),
            ),
        ),
        (
            "Scores",
            (
                Curves(
                    "Median of the findings",
                    "Natural log-likelihood ratio by test and version; both versions see the same kind of media.",
                    "none",
                    [
                        Query(
                            quantile(
                                0.5,
                                "telltale_finding_log_odds",
                                "service",
                                "cue",
                                _HASH,
                                selector=f'{OF_SERVICE}, {_HASH}!=""',
                            ),
                            f"{{{{cue}}}} {{{{{_HASH}}}}}",
                        )
                    ],
                ),
                Curves(
                    "Shadows that disagree",
                    "Share of opinions that differ from main's; above a tenth a canary is rolled back.",
                    "percentunit",
                    [
                        Query(
                            part_of(_DIFFERENT, _COMPARED, "service", "cue"),
                            "{{service}} {{cue}}",
                        )
                    ],
                ),
                Curves(
                    "Distance of a shadow's findings",
                    "Median and 95th percentile of the difference in log-odds.",
                    "none",
                    [
                        Query(
                            quantile(
                                part, "telltale_shadow_difference_log_odds", "service", "cue", selector=OF_SERVICE
                            ),
                            f"{{{{cue}}}} {part:.0%}",
                        )
                        for part in (0.5, 0.95)
                    ],
                ),
                Curves(
                    "Questions to shadows",
                    "Dropped ones are those for which no time was left.",
                    "ops",
                    [
                        Query(
                            rate(f"telltale_shadow_questions_total{{{OF_SERVICE}}}", "service", "outcome"),
                            "{{service}} {{outcome}}",
                        )
                    ],
                ),
            ),
        ),
    ),
)
