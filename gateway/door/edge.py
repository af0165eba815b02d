"""What our Envoys put into a call: who has signed in at an identity provider, and from where somebody calls.

Clients can send headers of the same names. Envoy overwrites or removes them; and whoever reaches the gateway beside Envoy is
believed none of them, where certificates tell the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from gateway.door.headers import CLAIMS
from gateway.door.passports import Passport, Passports
from gateway.door.visitors import CLIENT_ADDRESS
from kit.rpc.callers import Connected, names_of


class Arriving(Connected, Protocol):
    """What of a call's context is read here."""

    def invocation_metadata(self) -> Iterable[tuple[str, str | bytes]] | None:
        """Headers, names in lower case."""
        ...


class Edge:
    """Knows our Envoys by the names in their certificates."""

    def __init__(self, names: Iterable[str] | None, passports: Passports | None) -> None:
        self._names = None if names is None else frozenset(names)
        self._passports = passports

    def headers(self, context: Arriving) -> dict[str, str]:
        """The headers of a call, without those that only an Envoy of ours may send when it comes from somebody else."""
        headers = {name: value for name, value in context.invocation_metadata() or () if isinstance(value, str)}
        if self._names is None:
            # Without certificates it is the networks of Envoys that are believed, and only for addresses. See `visitors`.
            headers.pop(CLAIMS, None)
        elif not names_of(context) & self._names:
            headers.pop(CLAIMS, None)
            headers.pop(CLIENT_ADDRESS, None)
        return headers

    def passport(self, headers: Mapping[str, str]) -> Passport | None:
        """Who has signed in; None where nobody has. Raises InvalidToken."""
        payload = headers.get(CLAIMS)
        return self._passports.read(payload) if self._passports is not None and payload is not None else None
