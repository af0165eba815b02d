"""What is said is unusual, or what is asked."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.rule import Alert, Group, Record, Severity, rose

SHARE_HOUR: Final = "medium_label:telltale_verdicts:share1h"
SHARE_DAY: Final = "medium_label:telltale_verdicts:share1d"
"""Recorded: share of each label among the verdicts of a medium, within the last hour and within the day before it."""

_VERDICTS: Final = "telltale_verdicts_total"
_ENOUGH: Final = f"on(medium) sum by (medium) (increase({_VERDICTS}[1h])) >= 100"


def _label_share(window: str) -> str:
    each = f"sum by (medium, label) (rate({_VERDICTS}[{window}))"
    return f"{each} / on(medium) group_left() sum by (medium) (rate({_VERDICTS}[{window}))"


def _finding_share(window: str) -> str:
    found = f'sum by (service, cue) (rate(telltale_evidence_total{{outcome="finding"}}[{window}))'
    asked = f"sum by (service, cue) (rate(telltale_evidence_total[{window}))"
    return f"({found} or 0 * {asked}) / {asked}"


GROUP: Final = Group(
    "telltale-patterns",
    "1m",
    (
        Record(SHARE_HOUR, _label_share("1h]")),
        Record(SHARE_DAY, _label_share("1d] offset 1h")),
        Alert(
            "CallersProbe",
            rose("telltale_gateway_probing_total", "1h", "pattern"),
            "0m",
            Severity.TICKET,
            "Somebody may be learning the models, or looking for what is not theirs.",
            "The pattern {{ $labels.pattern }} was seen within the last hour. The log names the token.",
        ),
        Alert(
            "VerdictsJump",
            f'abs({SHARE_HOUR}{{label=~"MANIPULATED|INCONCLUSIVE"}} - {SHARE_DAY}) > 0.25 and {_ENOUGH}',
            "15m",
            Severity.TICKET,
            "Many more, or many fewer, verdicts of one label than the day before.",
            "The share of {{ $labels.label }} among {{ $labels.medium }}s moved by {{ $value | humanizePercentage }} in a day.",
        ),
        Alert(
            "VerdictsAllTheSame",
            f"{SHARE_HOUR} > 0.98 and {_ENOUGH}",
            "15m",
            Severity.PAGE,
            "Every verdict says the same.",
            "{{ $value | humanizePercentage }} of the last hour's verdicts on {{ $labels.medium }}s are {{ $labels.label }}.",
        ),
        Alert(
            "TestFellSilent",
            f"{_finding_share('1h]')} < 0.01 and {_finding_share('1d] offset 1h')} > 0.2 "
            "and sum by (service, cue) (increase(telltale_evidence_total[1h])) >= 100",
            "15m",
            Severity.TICKET,
            "A test that had findings abstains from everything.",
            "{{ $labels.cue }} of {{ $labels.service }} has findings in {{ $value | humanizePercentage }} of the hour's media.",
        ),
    ),
)
