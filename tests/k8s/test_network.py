"""The policies let through the connections of a request's journey (ARCHITECTURE.md) and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.manifests import COMPONENTS, OVERLAYS, Manifest, named, of_kind, rendered, rendered_with
from tests.support.policies import NAME, PART_OF, Flow, Party, allowed_flows

DETECTORS = ("image-svc", "temporal-svc", "av-sync-svc", "metadata-svc")
SERVICES = (*DETECTORS, "fusion-svc")
PODS = (*SERVICES, "gateway", "worker", "envoy", "drift-monitor")
STORES = {"postgresql": 5432, "redis": 6379, "clamd": 3310, "object-store": 443}
GRPC, HEALTH, METRICS, HTTP, HTTPS, OTLP, DNS = 50051, 50052, 9464, 8080, 443, 4317, 53
# Ports that matter, and some that nobody may reach: administration, ssh, the cluster's own API.
PORTS = (GRPC, HEALTH, METRICS, HTTP, HTTPS, OTLP, DNS, *STORES.values(), 22, 80, 6443, 8001, 10250)
DOORS = tuple(sorted({*((port, "TCP") for port in PORTS), (DNS, "UDP"), (GRPC, "UDP")}))


def pod(name: str, namespace: str = "telltale", *, called: str = "", **labels: str) -> Party:
    spelled = {f"telltale.dev/{key.replace('_', '-')}": value for key, value in labels.items()}
    mine = {NAME: name, **spelled, **({"k8s-app": name} if namespace == "kube-system" else {})}
    mine |= {PART_OF: "telltale"} if name in PODS and not called else {}
    return Party(called or name, namespace, mine, {"kubernetes.io/metadata.name": namespace, **spelled})


PARTIES = (
    *(pod(name) for name in PODS),
    *(pod(name, "telltale-stores") for name in STORES),
    pod("prometheus", "monitoring"),
    pod("opentelemetry-collector", "monitoring"),
    pod("kube-dns", "kube-system"),
    pod("program", "fraud", calls_gateway="true"),
    # Who has a name of ours or of our neighbours, but lives elsewhere.
    pod("stranger", "elsewhere"),
    pod("stranger", called="stranger-among-us"),
    pod("gateway", "elsewhere", called="false-gateway"),
    pod("prometheus", "elsewhere", called="false-prometheus"),
    pod("postgresql", called="false-postgresql"),
    pod("grafana", "monitoring"),
    Party("world", address="203.0.113.7"),
    Party("world-6", address="2001:db8::7"),
    Party("node", address="10.0.0.9"),
    Party("cloud-metadata", address="169.254.169.254"),
)
INSIDE = (*PODS, "stranger-among-us", "false-postgresql")


def journey(*, whole: bool) -> Iterator[Flow]:
    """Who calls whom, and nobody else does."""
    # Inside nobody takes the way of the world, and what is not ours goes nowhere.
    yield from (Flow(party.name, "envoy", HTTP) for party in PARTIES if party.name not in INSIDE)
    for each in PODS:
        yield Flow("prometheus", each, METRICS)
        yield Flow(each, "opentelemetry-collector", OTLP)
        yield Flow(each, "kube-dns", DNS)
        yield Flow(each, "kube-dns", DNS, "UDP")
    yield Flow("envoy", "gateway", GRPC)
    yield Flow("program", "gateway", GRPC)
    for caller in ("gateway", "worker"):
        yield from (Flow(caller, service, GRPC) for service in SERVICES)
        yield from (Flow(caller, store, port) for store, port in STORES.items())
        yield from (Flow(caller, outside, HTTPS) for outside in ("world", "world-6"))
    if whole:
        yield from (Flow(each, "object-store", HTTPS) for each in (*SERVICES, "drift-monitor"))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_exactly_the_journeys_connections_are_let_through(overlay: str) -> None:
    assert difference(flows(rendered(overlay)), journey(whole=overlay != "dev")) == ([], [])


def test_with_canaries_exactly_the_router_lies_between(tmp_path: Path) -> None:
    """All components together: services are called by the router alone, and it is what gateways and workers call."""
    manifests = rendered_with("production", COMPONENTS, tmp_path)
    router = Party(
        "router",
        "envoy-gateway-system",
        {"gateway.envoyproxy.io/owning-gateway-name": "telltale-detectors"},
        {"kubernetes.io/metadata.name": "envoy-gateway-system"},
    )
    another = Party("another-router", router.namespace, {"app": "envoy"}, router.namespace_labels)
    listeners = [each["port"] for each in named(manifests, "Gateway", "telltale-detectors")["spec"]["listeners"]]
    direct = {Flow(caller, service, GRPC) for caller in ("gateway", "worker") for service in SERVICES}
    wanted = (set(journey(whole=True)) - direct) | {Flow(each.name, "envoy", HTTP) for each in (router, another)}
    wanted |= {Flow(caller, "router", port) for caller in ("gateway", "worker") for port in listeners}
    wanted |= {Flow("router", service, GRPC) for service in SERVICES}
    doors = (*DOORS, *((port, "TCP") for port in listeners))
    assert difference(allowed_flows(manifests, (*PARTIES, router, another), doors), wanted) == ([], [])


def test_every_policy_is_needed() -> None:
    manifests = rendered("production")
    names = [policy["metadata"]["name"] for policy in of_kind(manifests, "NetworkPolicy")]
    without = {
        name: [each for each in manifests if each["metadata"]["name"] != name or not is_policy(each)] for name in names
    }
    assert len(names) > len(PODS)
    assert [name for name, rest in without.items() if flows(rest) == set(journey(whole=True))] == []


@pytest.mark.parametrize("name", ["envoy", "gateway", "orders", "watched", "registry", "fusion-svc", "webhooks"])
def test_a_port_that_is_another_would_be_seen(name: str) -> None:
    manifests = rendered("production")
    spec = named(manifests, "NetworkPolicy", name)["spec"]
    rule = (spec.get("ingress") or spec["egress"])[0]
    rule["ports"] = [{"port": 22}]
    assert flows(manifests) != set(journey(whole=True))


def test_a_policy_that_opens_more_would_be_seen() -> None:
    manifests = rendered("production")
    named(manifests, "NetworkPolicy", "fusion-svc")["spec"]["ingress"][0].pop("from")
    more, less = difference(flows(manifests), journey(whole=True))
    assert Flow("stranger", "fusion-svc", GRPC) in more
    assert less == []


def is_policy(manifest: Manifest) -> bool:
    return bool(manifest["kind"] == "NetworkPolicy")


def flows(manifests: list[Manifest]) -> set[Flow]:
    return allowed_flows(manifests, PARTIES, DOORS)


def difference(allowed: set[Flow], wanted: Iterable[Flow]) -> tuple[list[Flow], list[Flow]]:
    """What is let through and should not be, and what should be and is not."""
    expected = set(wanted)
    return sorted(allowed - expected), sorted(expected - allowed)
