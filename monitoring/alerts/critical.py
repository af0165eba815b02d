"""Somebody who asks gets no answer, or a part of every answer is missing."""

from __future__ import annotations

from typing import Final

from monitoring.alerts.rule import Alert, Group, Severity, share

_SERVING: Final = 'up{service!~".+-monitor"}'
_FUSED: Final = 'rpc_client_call_duration_seconds_count{rpc_method="telltale.fusion.v1.FusionService/Fuse"}'
_UNFUSED: Final = _FUSED.replace("}", ', rpc_response_status_code!~"OK|CANCELLED"}')
_PASSED_ON: Final = 'envoy_cluster_upstream_rq_xx{envoy_cluster_name="gateway"}'
_UNANSWERED: Final = _PASSED_ON.replace("}", ', envoy_response_code_class="5"}')
_FAILURES: Final = "sum by (detector) (rate(telltale_gateway_detector_failures_total[10m]))"
_ENDS: Final = 'sum by (detector) (rate(telltale_gateway_evidence_total{origin="computed"}[10m]))'

GROUP: Final = Group(
    "telltale-critical",
    "30s",
    (
        Alert(
            "ServiceGone",
            # In a cluster the last pod takes its series along; on one machine they stay and are 0.
            # Who only watches has alerts of its own that wake nobody.
            f"sum by (service) ({_SERVING}) == 0 "
            f"or (count by (service) ({_SERVING} offset 1h) unless count by (service) (up))",
            "2m",
            Severity.PAGE,
            "No process of a service answers.",
            "No process of {{ $labels.service }} has answered Prometheus for two minutes.",
        ),
        Alert(
            "ProcessGone",
            "up == 0 and on(service) sum by (service) (up) > 0",
            "10m",
            Severity.TICKET,
            "A process of a service does not answer; others of it do.",
            "{{ $labels.instance }} of {{ $labels.service }} has not answered Prometheus for ten minutes.",
        ),
        Alert(
            "NoGatewayAnswers",
            'absent(up{service="gateway"} == 1)',
            "1m",
            Severity.PAGE,
            "There is no gateway: nobody is answered.",
            "Prometheus reaches no gateway at all, or was never told of one.",
        ),
        Alert(
            "NoEdgeAnswers",
            'absent(up{service="envoy"} == 1)',
            "1m",
            Severity.PAGE,
            "There is no Envoy: nobody reaches the gateway.",
            "Prometheus reaches no Envoy at all, or was never told of one.",
        ),
        Alert(
            "EdgeCannotReachGateway",
            f"{share(_UNANSWERED, _PASSED_ON, '5m')} > 0.1",
            "2m",
            Severity.PAGE,
            "Envoy does not reach the gateway.",
            "{{ $value | humanizePercentage }} of the requests that Envoy passes on end without an answer of the gateway.",
        ),
        Alert(
            "FusionFails",
            f"{share(_UNFUSED, _FUSED, '5m')} > 0.1",
            "2m",
            Severity.PAGE,
            "Evidence does not become verdicts.",
            "{{ $value | humanizePercentage }} of the calls of fusion-svc fail; without it an analysis has no verdict.",
        ),
        Alert(
            "DetectorFails",
            f"{_FAILURES} / ({_FAILURES} + ({_ENDS} or 0 * {_FAILURES})) > 0.25",
            "5m",
            Severity.PAGE,
            "A detector fails in many analyses, whose verdicts rest on less evidence.",
            "{{ $labels.detector }} failed or came too late in {{ $value | humanizePercentage }} of the analyses.",
        ),
    ),
)
