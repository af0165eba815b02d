"""Which URLs may be told: those of hosts that the operator lists, over TLS, written in one unambiguous way."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from gateway.notify.networks import Address, Network, may_be_called
from kit.errors import WebhookRefused

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Plain ASCII alone, no user before the host, no fragment: every parser reads the same host in it.
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_URL = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_NAME.pattern}|\[[0-9A-Fa-f:.]{{2,45}}\])(?::(?P<port>[0-9]{{1,5}}))?"
    r"(?:[/?][A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*)?"
)
_NUMERIC = re.compile(r"(?:.*\.)?[0-9][^.]*|.*:.*")  # what some parsers take for an address, in however odd a notation
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Destination:
    """A URL in its parts.

    Attributes:
        url: as it was given.
        host: name or address, in lower case, an IPv6 address without brackets.
        secure: whether TLS is spoken.
    """

    url: str
    host: str
    port: int
    secure: bool


@dataclass(frozen=True)
class Destinations:
    """What the operator allows.

    Attributes:
        hosts: names, and suffixes that begin with a dot: all names below, not that name itself. Empty: nobody is told.
        ports: that may be called.
        networks: that may be called although they are not public.
        plain_loopback: whether addresses of this very machine may be called without TLS; for development.
    """

    hosts: Sequence[str]
    ports: Collection[int]
    networks: Sequence[Network]
    plain_loopback: bool

    def check(self, url: str) -> Destination:
        """The parts of a URL that is allowed, as far as can be said without asking DNS. Raises WebhookRefused."""
        found = _URL.fullmatch(url)
        host = "" if found is None else found["host"].lower().strip("[]")
        if found is None or (_NUMERIC.fullmatch(host) and not _is_address(host)):
            raise WebhookRefused("notify_url must be an https URL of plain ASCII, without user, password and fragment")
        scheme = found["scheme"]
        port = int(found["port"] or _DEFAULT_PORTS[scheme])
        if scheme != "https" and not self.plain_loopback:
            raise WebhookRefused("notify_url must begin with https://")
        if not any(_matches(host, allowed) for allowed in self.hosts):
            raise WebhookRefused(f"the operator does not allow notifications to {host}; ask for it to be listed")
        if port not in self.ports:
            raise WebhookRefused(f"the operator does not allow notifications to port {port}; use the default port")
        return Destination(url, host, port, scheme == "https")

    def check_addresses(self, destination: Destination, addresses: Sequence[str]) -> None:
        """Holds what DNS says against the rules. Raises WebhookRefused when only one of the addresses breaks them."""
        for address in map(ip_address, addresses):
            if not self._may_be_called(destination, address):
                raise WebhookRefused(f"{destination.host} has an address that must not be called")

    def _may_be_called(self, destination: Destination, address: Address) -> bool:
        if not destination.secure:
            return self.plain_loopback and address.is_loopback
        return may_be_called(address, self.networks)


def _is_address(host: str) -> bool:
    try:
        return str(ip_address(host)) == host
    except ValueError:
        return False


def is_host_rule(text: str) -> bool:
    """Whether a text can stand in `Destinations.hosts`: a name or an address in lower case, or a dot and a name."""
    name = text.removeprefix(".")
    return text == text.lower() and (_NAME.fullmatch(name) is not None or (text == name and _is_address(text)))


def _matches(host: str, allowed: str) -> bool:
    return host.endswith(allowed) and len(host) > len(allowed) if allowed.startswith(".") else host == allowed
