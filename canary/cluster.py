"""The resources of a cluster that canaries go by: Argo Rollouts shifts the weights of a route of Envoy Gateway for each service.

Steps and bounds are those of the policy. A step goes on when its analysis succeeds; one that fails takes the canary out at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from canary.policy import CanaryPolicy
from canary.queries import Bound, bounds, class_rules, enough

Resource = dict[str, Any]

PROMETHEUS: Final = "http://prometheus-operated.monitoring:9090"
ROUTER: Final = "telltale-detectors"
ROUTER_NAMESPACE: Final = "envoy-gateway-system"
NAMESPACE: Final = "telltale"
_PORT: Final = 50051
_ALL: Final = 100


@dataclass(frozen=True)
class Routed:
    """A service that the gateway reaches by the router.

    Attributes:
        name: of its Deployment, Service and metrics.
        port: the router's own port for it, the same as on a laptop.
        setting: in which the gateway is told where it is.
    """

    name: str
    port: int
    setting: str


SERVICES: Final = (
    Routed("image-svc", 50061, "TELLTALE_GATEWAY_IMAGE_TARGET"),
    Routed("temporal-svc", 50062, "TELLTALE_GATEWAY_TEMPORAL_TARGET"),
    Routed("av-sync-svc", 50063, "TELLTALE_GATEWAY_AV_SYNC_TARGET"),
    Routed("metadata-svc", 50064, "TELLTALE_GATEWAY_METADATA_TARGET"),
    Routed("fusion-svc", 50065, "TELLTALE_GATEWAY_FUSION_TARGET"),
)


def rollouts(policy: CanaryPolicy) -> list[Resource]:
    """A Rollout for each service; the Deployment of base stays the place where its pods are described."""
    return [_rollout(service.name, policy) for service in SERVICES]


def analysis(policy: CanaryPolicy) -> list[Resource]:
    """By what a step goes on, what takes a canary out at any moment, and the rules that both read."""
    arguments = [{"name": name} for name in ("service", "canary", "stable", "reference")]
    step = [_calls(policy), *(_kept(policy, each) for each in bounds(policy))]
    guard = [_broken(policy, each) for each in bounds(policy)]
    group = {"name": "telltale-canary", "interval": "30s", "rules": list(class_rules(policy))}
    return [
        _resource("argoproj.io/v1alpha1", "AnalysisTemplate", "canary-step", {"args": arguments, "metrics": step}),
        _resource("argoproj.io/v1alpha1", "AnalysisTemplate", "canary-guard", {"args": arguments, "metrics": guard}),
        _resource("monitoring.coreos.com/v1", "PrometheusRule", "telltale-canary", {"groups": [group]}),
    ]


def routes() -> Iterator[Resource]:
    """The router with a port for each service, and who is behind it."""
    yield _resource(
        "gateway.networking.k8s.io/v1",
        "GatewayClass",
        ROUTER,
        {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
    )
    service = {"name": ROUTER, "type": "ClusterIP"}
    provider = {"type": "Kubernetes", "kubernetes": {"envoyService": service, "envoyDeployment": {"replicas": 2}}}
    yield _resource("gateway.envoyproxy.io/v1alpha1", "EnvoyProxy", ROUTER, {"provider": provider})
    parameters = {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": ROUTER}
    gateway = {"gatewayClassName": ROUTER, "infrastructure": {"parametersRef": parameters}}
    listeners = [_listener(service) for service in SERVICES]
    yield _resource("gateway.networking.k8s.io/v1", "Gateway", ROUTER, gateway | {"listeners": listeners})
    # Calls take as long as their caller's deadline, which they carry.
    target = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": ROUTER}
    policy = {"targetRefs": [target], "timeout": {"http": {"requestTimeout": "0s"}}}
    yield _resource("gateway.envoyproxy.io/v1alpha1", "BackendTrafficPolicy", ROUTER, policy)
    for routed in SERVICES:
        yield from _route(routed)


def _resource(api: str, kind: str, name: str, spec: Resource) -> Resource:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, "spec": spec}


def _rollout(name: str, policy: CanaryPolicy) -> Resource:
    canary = {
        "stableService": f"{name}-stable",
        "canaryService": f"{name}-canary",
        "trafficRouting": {"plugins": {"argoproj-labs/gatewayAPI": {"grpcRoute": name, "namespace": NAMESPACE}}},
        # What is taken out stays for a while, so that calls which it has begun can end and somebody can look at it.
        "abortScaleDownDelaySeconds": 300,
        "scaleDownDelaySeconds": 60,
        "analysis": _analysed("canary-guard", name, policy.patience_s * len(policy.steps_percent))
        | {"startingStep": 1},
        "steps": [step for percent in policy.steps_percent for step in _step(percent, name, policy)],
    }
    spec = {
        "workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "scaleDown": "onsuccess"},
        # A version that does not become ready never sees a call, and is taken out.
        "progressDeadlineSeconds": 300,
        "progressDeadlineAbort": True,
        "minReadySeconds": 5,
        "revisionHistoryLimit": 3,
        "strategy": {"canary": canary},
    }
    return _resource("argoproj.io/v1alpha1", "Rollout", name, spec)


def _step(percent: int, name: str, policy: CanaryPolicy) -> list[Resource]:
    # In the last step the stable version gets no calls any more, so it is judged by those of the steps before.
    reference_s = policy.patience_s * (len(policy.steps_percent) if percent == _ALL else 1)
    return [{"setWeight": percent}, {"analysis": _analysed("canary-step", name, reference_s)}]


def _analysed(template: str, name: str, reference_s: float) -> Resource:
    hashes = [
        {"name": version, "valueFrom": {"podTemplateHashValue": value}}
        for version, value in (("canary", "Latest"), ("stable", "Stable"))
    ]
    arguments = [{"name": "service", "value": name}, *hashes, {"name": "reference", "value": f"{reference_s:.0f}s"}]
    return {"templates": [{"templateName": template}], "args": arguments}


def _calls(policy: CanaryPolicy) -> Resource:
    return _patient(policy) | _asked("calls", enough(policy), f"result[0] >= {policy.min_calls}")


def _kept(policy: CanaryPolicy, bound: Bound) -> Resource:
    """Done with the first look at which the bound is kept; what is still unclear when patience ends is worse."""
    return _patient(policy) | _asked(bound.name, bound.query, f"len(result) > 0 && result[0] <= {bound.kept:g}")


def _broken(policy: CanaryPolicy, bound: Bound) -> Resource:
    """Looks as long as the canary goes on, and ends it at the first look at which the bound is broken."""
    condition = f"len(result) > 0 && result[0] > {bound.broken:.4g}"
    provider = {"prometheus": {"address": PROMETHEUS, "query": bound.query}}
    interval = f"{policy.step_s / 4:.0f}s"
    return {
        "name": bound.name,
        "interval": interval,
        "failureCondition": condition,
        "failureLimit": 0,
        "provider": provider,
    }


def _patient(policy: CanaryPolicy) -> Resource:
    pause, looks = f"{policy.step_s:.0f}s", max(1, math.floor(policy.patience_s / policy.step_s))
    return {"initialDelay": pause, "interval": pause, "consecutiveSuccessLimit": 1, "failureLimit": looks - 1}


def _asked(name: str, query: str, condition: str) -> Resource:
    provider = {"prometheus": {"address": PROMETHEUS, "query": query}}
    return {"name": name, "successCondition": condition, "provider": provider}


def _listener(service: Routed) -> Resource:
    kinds = [{"group": "gateway.networking.k8s.io", "kind": "GRPCRoute"}]
    return {"name": service.name, "port": service.port, "protocol": "HTTP", "allowedRoutes": {"kinds": kinds}}


def _route(service: Routed) -> Iterator[Resource]:
    for version in ("stable", "canary"):
        # Argo Rollouts adds the hash of the version to the selector.
        port = {"name": "grpc", "port": _PORT, "targetPort": "grpc", "appProtocol": "kubernetes.io/h2c"}
        spec = {"selector": {"app.kubernetes.io/name": service.name}, "ports": [port]}
        yield _resource("v1", "Service", f"{service.name}-{version}", spec)
    backends = [
        {"name": f"{service.name}-{version}", "port": _PORT, "weight": weight}
        for version, weight in (("stable", _ALL), ("canary", 0))
    ]
    parents = [{"name": ROUTER, "sectionName": service.name}]
    spec = {"parentRefs": parents, "rules": [{"backendRefs": backends}]}
    yield _resource("gateway.networking.k8s.io/v1", "GRPCRoute", service.name, spec)
