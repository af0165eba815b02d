"""What NetworkPolicies allow, worked out as Kubernetes defines it: https://kubernetes.io/docs/concepts/services-networking/network-policies/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from tests.support.manifests import Manifest, of_kind

NAME = "app.kubernetes.io/name"
PART_OF = "app.kubernetes.io/part-of"


@dataclass(frozen=True)
class Party:
    """A pod somewhere, or, with an address and no namespace, somebody outside."""

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    namespace_labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    address: str = ""


@dataclass(frozen=True, order=True)
class Flow:
    """Who may open a connection to whom."""

    caller: str
    called: str
    port: int
    protocol: str = "TCP"


def allowed_flows(manifests: list[Manifest], parties: Iterable[Party], ports: Iterable[tuple[int, str]]) -> set[Flow]:
    """Every connection between two of the parties that the policies let through, one end of it in a namespace with policies."""
    policies, everybody, doors = list(of_kind(manifests, "NetworkPolicy")), list(parties), list(ports)
    ours = {policy["metadata"]["namespace"] for policy in policies}
    return {
        Flow(caller.name, called.name, port, protocol)
        for caller in everybody
        for called in everybody
        if caller is not called and {caller.namespace, called.namespace} & ours
        for way_out, way_in in [
            (_rules(policies, "Egress", caller, called), _rules(policies, "Ingress", called, caller))
        ]
        for port, protocol in doors
        if _opens(way_out, port, protocol) and _opens(way_in, port, protocol)
    }


def _rules(policies: list[Manifest], way: str, whose: Party, other: Party) -> list[dict[str, Any]]:
    """The rules by which one end may call, or be called by, the other one; without a policy of its own it is free to."""
    its = [policy for policy in policies if way in policy["spec"]["policyTypes"] and _is_of(policy, whose)]
    peers = "to" if way == "Egress" else "from"
    rules = (rule for policy in its for rule in policy["spec"].get(way.lower()) or ())
    return [rule for rule in rules if _is_peer(rule.get(peers), other, whose.namespace)] if its else [{}]


def _opens(rules: list[dict[str, Any]], port: int, protocol: str) -> bool:
    return any(_is_port(rule.get("ports"), port, protocol) for rule in rules)


def _is_of(policy: Manifest, party: Party) -> bool:
    return policy["metadata"]["namespace"] == party.namespace and _matches(policy["spec"]["podSelector"], party.labels)


def _is_port(ports: list[dict[str, Any]] | None, port: int, protocol: str) -> bool:
    # None is every port; numbers alone, since a name would mean another port in every pod.
    return ports is None or any(
        int(each["port"]) <= port <= int(each.get("endPort", each["port"])) and each.get("protocol", "TCP") == protocol
        for each in ports
    )


def _is_peer(peers: list[dict[str, Any]] | None, party: Party, home: str) -> bool:
    return peers is None or any(_is_one_of(peer, party, home) for peer in peers)


def _is_one_of(peer: dict[str, Any], party: Party, home: str) -> bool:
    if "ipBlock" in peer:
        return bool(party.address) and _is_in(peer["ipBlock"], party.address)
    if not party.namespace or not _matches(peer.get("podSelector", {}), party.labels):
        return False
    if "namespaceSelector" in peer:
        return _matches(peer["namespaceSelector"], party.namespace_labels)
    return party.namespace == home


def _is_in(block: dict[str, Any], address: str) -> bool:
    def inside(network: str) -> bool:
        return ip_address(address) in ip_network(network)

    return inside(block["cidr"]) and not any(inside(part) for part in block.get("except", ()))


def _matches(selector: dict[str, Any], labels: Mapping[str, str]) -> bool:
    expressions = selector.get("matchExpressions", [])
    assert {each["operator"] for each in expressions} <= {"In"}, "an operator that this evaluator does not know"
    wanted = selector.get("matchLabels", {}).items()
    return all(labels.get(key) == value for key, value in wanted) and all(
        labels.get(each["key"]) in each["values"] for each in expressions
    )
