"""Which models serve, what they say, how good that is, and whether it moves."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.patterns import SHARE_DAY, SHARE_HOUR
from monitoring.dashboards.panel import OF_SERVICE, RATE, Curves, Dashboard, Number, Query, part_of, quantile, rate

_FOUND: Final = f'telltale_evidence_total{{{OF_SERVICE}, outcome="finding"}}'
_ASKED: Final = f"telltale_evidence_total{{{OF_SERVICE}}}"
_SILENT: Final = f'telltale_evidence_total{{{OF_SERVICE}, outcome!="finding"}}'
_LOG_ODDS: Final = "telltale_finding_log_odds"
# Prometheus writes edges as they are told it, "0.0"; since 3.0 it tells all of them so.
_AGAINST: Final = f'{_LOG_ODDS}_bucket{{{OF_SERVICE}, le=~"0|0.0"}}'
_FINDINGS: Final = f"{_LOG_ODDS}_count{{{OF_SERVICE}}}"

SCORES: Final = Dashboard(
    "scores",
    "Telltale: models and scores",
    "Which models serve, and what they say of what comes in.",
    by_service=True,
    rows=(
        (
            "Verdicts",
            (
                Curves(
                    "Labels, share of the last hour",
                    "By medium. A jump with no reason outside is a broken model, a broken decoder or an attack.",
                    "percentunit",
                    [Query(SHARE_HOUR, "{{medium}} {{label}}")],
                ),
                Curves(
                    "Labels, share of the day before",
                    "What the last hour is compared with.",
                    "percentunit",
                    [Query(SHARE_DAY, "{{medium}} {{label}}")],
                ),
                Curves(
                    "Verdicts",
                    "How many there are.",
                    "ops",
                    [Query(rate("telltale_verdicts_total", "medium", "label"), "{{medium}} {{label}}")],
                    stacked=True,
                ),
                Curves(
                    "Risk scores",
                    "Quartiles and 95th percentile, 0 to 100.",
                    "none",
                    [
                        Query(quantile(part, "telltale_risk_score", "medium"), f"{{{{medium}}}} {part:.0%}")
                        for part in (0.25, 0.5, 0.75, 0.95)
                    ],
                ),
            ),
        ),
        (
            "Tests",
            (
                Curves(
                    "Share of media in which a test found something to say",
                    "The rest are abstentions.",
                    "percentunit",
                    [
                        Query(
                            part_of(_FOUND, _ASKED, "service", "cue"),
                            "{{service}} {{cue}}",
                        )
                    ],
                ),
                Curves(
                    "Abstentions by reason",
                    "Why tests said nothing.",
                    "ops",
                    [Query(rate(_SILENT, "outcome"), "{{outcome}}")],
                    stacked=True,
                ),
                Curves(
                    "Findings that speak for manipulation",
                    "Share of findings with log-odds above 0.",
                    "percentunit",
                    [
                        Query(
                            f"1 - {rate(_AGAINST, 'service', 'cue')} / {rate(_FINDINGS, 'service', 'cue')}",
                            "{{service}} {{cue}}",
                        )
                    ],
                ),
                Curves(
                    "Median of the findings",
                    "Natural log-likelihood ratio; above 0: manipulated.",
                    "none",
                    [Query(quantile(0.5, _LOG_ODDS, "service", "cue", selector=OF_SERVICE), "{{service}} {{cue}}")],
                ),
            ),
        ),
        (
            "Models",
            (
                Curves(
                    "Versions that serve",
                    "Processes by model, version and lane. Two versions of one lane for long are replicas that disagree.",
                    "short",
                    [
                        Query(
                            f"count by (service, model, version, lane) (telltale_model_info{{{OF_SERVICE}}})",
                            "{{service}} {{model}} {{version}} {{lane}}",
                        )
                    ],
                ),
                Curves(
                    "Looks at the channel",
                    "What they found; refused and failed ones leave a process behind.",
                    "ops",
                    [
                        Query(
                            rate(f"telltale_channel_looks_total{{{OF_SERVICE}}}", "service", "outcome"),
                            "{{service}} {{outcome}}",
                        )
                    ],
                ),
                Curves(
                    "Sets of models swapped in",
                    "By how: a channel's change, or an operator's call.",
                    "short",
                    [
                        Query(
                            f"sum by (service, how) (increase(telltale_model_switches_total{{{OF_SERVICE}}}[{RATE}]))",
                            "{{service}} {{how}}",
                        )
                    ],
                ),
                Curves(
                    "Rows a run",
                    "How full the batches of a network are, on average.",
                    "none",
                    [
                        Query(
                            f"{rate(f'telltale_batch_rows_sum{{{OF_SERVICE}}}', 'service', 'model')} / "
                            f"{rate(f'telltale_batch_rows_count{{{OF_SERVICE}}}', 'service', 'model')}",
                            "{{service}} {{model}}",
                        )
                    ],
                ),
            ),
        ),
    ),
)

GOLDEN: Final = Dashboard(
    "golden",
    "Telltale: accuracy on the golden set",
    "Labelled media that are judged again and again, through the whole system.",
    since="now-30d",
    rows=(
        (
            "Now",
            (
                Number(
                    "AUC",
                    "Area under the ROC curve; 1 is best, 0.5 is guessing.",
                    "none",
                    [Query("telltale_golden_auc", "{{medium}}")],
                    width=8,
                ),
                Number(
                    "Failures",
                    "Items that could not be judged in the last round.",
                    "short",
                    [Query("telltale_golden_failures", "{{medium}}")],
                    width=8,
                ),
                Number(
                    "Last round",
                    "Seconds since it ended.",
                    "s",
                    [Query("time() - telltale_golden_last_run_timestamp_seconds", "{{medium}}")],
                    width=8,
                ),
            ),
        ),
        (
            "Over time",
            (
                Curves(
                    "AUC over time",
                    "A step down after a new model is that model.",
                    "none",
                    [Query("telltale_golden_auc", "{{medium}}")],
                    width=24,
                ),
                Curves(
                    "Real media called MANIPULATED",
                    "The false positive rate: the worst that can happen to somebody honest.",
                    "percentunit",
                    [Query("telltale_golden_false_positive_rate", "{{medium}}")],
                ),
                Curves(
                    "Calibration error",
                    "Mean gap between the probability that is said and the share that is true, ten bins.",
                    "percentunit",
                    [Query("telltale_golden_calibration_error", "{{medium}}")],
                ),
            ),
        ),
    ),
)

DRIFT: Final = Dashboard(
    "drift",
    "Telltale: drift",
    "Predictions of the last window against the reference: what moved, and by how much.",
    since="now-7d",
    rows=(
        (
            "Alarms",
            (
                Number(
                    "Alarms",
                    "Quantities that moved by more than chance would.",
                    "short",
                    [Query("sum(telltale_drift_alarm)", "alarms")],
                    width=8,
                ),
                Number(
                    "Last look",
                    "Seconds since the monitor looked.",
                    "s",
                    [Query("time() - max(telltale_drift_last_run_timestamp_seconds)", "age")],
                    width=8,
                ),
                Number(
                    "Lines that are no predictions",
                    "In the log near the window; somebody else writes there, or an older format.",
                    "short",
                    [Query("max(telltale_drift_foreign_lines)", "lines")],
                    width=8,
                ),
            ),
        ),
        (
            "What moved",
            (
                Curves(
                    "Population stability index",
                    "0 is alike; from 0.25 on a distribution is another one.",
                    "none",
                    [Query("telltale_drift_psi", "{{medium}} {{what}}")],
                    width=24,
                ),
                Curves(
                    "Largest gap of cumulative shares",
                    "Kolmogorov and Smirnov's, 0 to 1.",
                    "none",
                    [Query("telltale_drift_ks", "{{medium}} {{what}}")],
                ),
                Curves(
                    "Predictions compared",
                    "Few say little: below the least number nothing is compared.",
                    "short",
                    [Query('telltale_drift_samples{what="risk_score"}', "{{medium}}")],
                ),
            ),
        ),
        (
            "What comes in",
            (
                Curves(
                    "Megapixels",
                    "Median and 95th percentile of photos and frames.",
                    "none",
                    [
                        Query(quantile(part, "telltale_input_megapixels", "medium"), f"{{{{medium}}}} {part:.0%}")
                        for part in (0.5, 0.95)
                    ],
                    width=8,
                ),
                Curves(
                    "Megabytes",
                    "Median and 95th percentile of files, 10^6 bytes.",
                    "none",
                    [
                        Query(quantile(part, "telltale_input_megabytes", "medium"), f"{{{{medium}}}} {part:.0%}")
                        for part in (0.5, 0.95)
                    ],
                    width=8,
                ),
                Curves(
                    "Playing time",
                    "Median and 95th percentile of videos and recordings.",
                    "s",
                    [
                        Query(quantile(part, "telltale_input_seconds", "medium"), f"{{{{medium}}}} {part:.0%}")
                        for part in (0.5, 0.95)
                    ],
                    width=8,
                ),
            ),
        ),
    ),
)
