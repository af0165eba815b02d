"""What models say is no longer what was measured when they were let in, or they are not those that should be served."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.rule import Alert, Group, Severity, rose

_LOOKS: Final = "telltale_channel_looks_total"
_HASH: Final = "rollouts_pod_template_hash"

GROUP: Final = Group(
    "telltale-models",
    "1m",
    (
        Alert(
            "Drift",
            "telltale_drift_alarm == 1",
            "30m",
            Severity.TICKET,
            "What comes in, or what is said of it, is not as it was.",
            "{{ $labels.what }} of {{ $labels.medium }}s has moved away from the reference by more than chance would.",
        ),
        Alert(
            "ScoresDriftFar",
            'telltale_drift_psi{what="risk_score"} > 0.5 and telltale_drift_alarm == 1',
            "30m",
            Severity.PAGE,
            "Risk scores are far from those that thresholds were set on.",
            "The stability index of the risk scores of {{ $labels.medium }}s is {{ $value | humanize }}; 0.25 is much.",
        ),
        Alert(
            "GoldenSetWorse",
            "max_over_time(telltale_golden_auc[7d]) - telltale_golden_auc > 0.02",
            "10m",
            Severity.PAGE,
            "Verdicts on the golden set are worse than within the week.",
            "The AUC on the golden set of {{ $labels.medium }}s is {{ $value | humanize }} below the best of seven days.",
        ),
        Alert(
            "GoldenSetAccusesReal",
            "telltale_golden_false_positive_rate - min_over_time(telltale_golden_false_positive_rate[7d]) > 0.02",
            "10m",
            Severity.PAGE,
            "More real media of the golden set are called MANIPULATED than within the week.",
            "{{ $value | humanizePercentage }} more real {{ $labels.medium }}s are called MANIPULATED than at best in a week.",
        ),
        Alert(
            "GoldenSetFails",
            "telltale_golden_failures > 0",
            "10m",
            Severity.TICKET,
            "Items of the golden set cannot be judged.",
            "{{ $value }} {{ $labels.medium }}s of the golden set could not be judged in the last round.",
        ),
        Alert(
            "ModelBehindChannel",
            f'sum by (service, instance) (increase({_LOOKS}{{outcome=~"failed|refused"}}[30m])) > 0 '
            f'unless sum by (service, instance) (increase({_LOOKS}{{outcome=~"same|changed"}}[30m])) > 0',
            "10m",
            Severity.TICKET,
            "A process does not get the models of its channel.",
            "{{ $labels.instance }} of {{ $labels.service }} has had no good look at its channel for half an hour.",
        ),
        Alert(
            "ModelRefused",
            rose("telltale_model_refusals_total", "1h", "service, reason"),
            "0m",
            Severity.TICKET,
            "A set of models was refused; the old one goes on serving.",
            "{{ $labels.service }} refused models for {{ $labels.reason }} within the last hour.",
        ),
        Alert(
            "ReplicasDisagree",
            # A canary is another version on purpose, so versions are counted within one pod template.
            f"count by (service, model, lane, {_HASH}) "
            f"(count by (service, model, lane, {_HASH}, version) (telltale_model_info)) > 1",
            "30m",
            Severity.TICKET,
            "Processes of one service serve different versions of a model.",
            "{{ $value }} versions of {{ $labels.model }} are served by {{ $labels.service }}, lane {{ $labels.lane }}.",
        ),
    ),
)
