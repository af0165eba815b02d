"""Where a call without a token comes from: the address that is counted."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

CLIENT_ADDRESS = "x-telltale-client-address"
"""What Envoy puts in, over whatever the client has sent under that name."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Doormen = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
"""Networks in which our own Envoys are: of what they say about their clients we believe all, of others nothing."""

# Who has one IPv6 address has its whole network, usually 2^64 of them (RFC 6177).
_PREFIX_LENGTHS = {4: 32, 6: 64}
# What is kept for good. An address is personal data, and an entry of the audit log cannot be deleted: 256 addresses, or the 2^80
# of one site, tell where an attack comes from and not who it was. The edge's own log, which is deleted, has the whole address.
_KEPT_LENGTHS = {4: 24, 6: 48}
_NOWHERE = "unknown"


def network_of(peer: str, headers: Mapping[str, str], doormen: Doormen) -> str:
    """The network that a call comes from, e.g. "192.0.2.7/32"; all of those that tell no address are counted as one.

    `peer` is the other end of the connection as gRPC writes it: "ipv4:127.0.0.1:50000", "ipv6:%5B::1%5D:50000", "unix:…".
    """
    address = _address_of(peer)
    if address is not None and any(address in network for network in doormen):
        address = _address(headers.get(CLIENT_ADDRESS, "")) or address
    if address is None:
        return _NOWHERE
    return str(ipaddress.ip_network((address, _PREFIX_LENGTHS[address.version]), strict=False))


def neighbourhood(network: str) -> str:
    """The larger network that a network of `network_of` lies in, e.g. "192.0.2.0/24"."""
    if network == _NOWHERE:
        return network
    inside = ipaddress.ip_network(network)
    return str(inside.supernet(new_prefix=min(inside.prefixlen, _KEPT_LENGTHS[inside.version])))


def _address_of(peer: str) -> Address | None:
    family, _, place = unquote(peer).partition(":")
    return _address(place.rpartition(":")[0].strip("[]")) if family in {"ipv4", "ipv6"} else None


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address
