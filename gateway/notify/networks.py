"""Which addresses a notification may go to: those of the public Internet, and what the operator lists.

An address that carries another one inside (IPv4-mapped, NAT64, 6to4) is judged by both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_NOT_PUBLIC: tuple[Network, ...] = (
    IPv4Network("168.63.129.16/32"),  # metadata of Azure, at a public address
    IPv4Network("192.0.0.0/24"),  # protocol assignments (RFC 6890), the metadata of Oracle among them
    IPv4Network("192.88.99.0/24"),  # anycast relays of 6to4 (RFC 7526)
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them (RFC 2928)
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)


def may_be_called(address: Address, listed: Sequence[Network]) -> bool:
    """Whether an address is public, or in one of the `listed` networks."""
    return all(_in_any(one, listed) or _is_public(one) for one in _meant_by(address))


def _meant_by(address: Address) -> Iterator[Address]:
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address
        if address.sixtofour is not None:
            yield address.sixtofour


def _is_public(address: Address) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global or _in_any(address, _NOT_PUBLIC):
        return False
    return isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST


def _in_any(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
