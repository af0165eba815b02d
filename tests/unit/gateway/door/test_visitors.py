"""Whose calls without a token are counted together."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from gateway.door.visitors import CLIENT_ADDRESS, neighbourhood, network_of
from gateway.settings import GatewaySettings

DOORMEN = GatewaySettings().trusted_proxies


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("ipv4:192.0.2.7:50000", "192.0.2.7/32"),
        ("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:50000", "2001:db8:1:2::/64"),
        ("ipv6:[2001:db8:1:2:ffff::1]:50000", "2001:db8:1:2::/64"),
        ("ipv6:[::ffff:192.0.2.7]:50000", "192.0.2.7/32"),
        ("unix:/run/gateway.sock", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_caller_is_the_network_at_the_other_end(peer: str, network: str) -> None:
    assert network_of(peer, {CLIENT_ADDRESS: "198.51.100.1"}, DOORMEN) == network


@pytest.mark.parametrize("peer", ["ipv4:127.0.0.1:50000", "ipv6:%5B::1%5D:50000"])
def test_what_our_envoy_says_of_its_client_is_believed(peer: str) -> None:
    assert network_of(peer, {CLIENT_ADDRESS: "198.51.100.1"}, DOORMEN) == "198.51.100.1/32"


@pytest.mark.parametrize("claim", ["", "nonsense", "198.51.100.1, 198.51.100.2", "198.51.100.1:80"])
def test_a_claim_that_is_no_address_counts_for_nothing(claim: str) -> None:
    assert network_of("ipv4:127.0.0.1:50000", {CLIENT_ADDRESS: claim}, DOORMEN) == "127.0.0.1/32"


def test_headers_that_anybody_may_send_are_not_read() -> None:
    headers = {
        "x-forwarded-for": "198.51.100.1",
        "x-envoy-external-address": "198.51.100.1",
        "x-real-ip": "198.51.100.1",
    }
    assert network_of("ipv4:127.0.0.1:50000", headers, DOORMEN) == "127.0.0.1/32"


def test_an_operator_names_the_networks_of_the_envoys() -> None:
    doormen = [ip_network("10.1.0.0/16")]
    claim = {CLIENT_ADDRESS: "198.51.100.1"}
    assert network_of("ipv4:10.1.2.3:50000", claim, doormen) == "198.51.100.1/32"
    assert network_of("ipv4:10.2.2.3:50000", claim, doormen) == "10.2.2.3/32"


@pytest.mark.parametrize(
    ("network", "kept"),
    [
        ("192.0.2.77/32", "192.0.2.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("unknown", "unknown"),
    ],
)
def test_only_the_neighbourhood_of_a_caller_is_kept_for_good(network: str, kept: str) -> None:
    assert neighbourhood(network) == kept
