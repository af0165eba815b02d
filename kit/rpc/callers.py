"""Who is at the other end of a connection, by the certificate it has shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from google.protobuf.descriptor import ServiceDescriptor

from kit.errors import InsufficientScope
from kit.log import get_logger

_NAMES = "x509_subject_alternative_name"


class Connected(Protocol):
    """What of a call's context is read here, the same for both kinds of server."""

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        """What TLS knows of the other end; nothing without TLS."""
        ...


def names_of(context: Connected) -> frozenset[str]:
    """The subject alternative names in the caller's certificate, which its authority has checked; none when it showed none."""
    return frozenset(name.decode("utf-8", "replace") for name in context.auth_context().get(_NAMES, ()))


class Restricted:
    """Has the methods of a servicer, for some callers alone. Made by `only_for`."""


def only_for(
    names: Sequence[str],
    servicer: object,
    descriptor: ServiceDescriptor,
    by_method: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> object:
    """A servicer, of either kind of server, that refuses callers whose certificate has none of the names; without names, itself.

    Methods in `by_method` are for others: for those named there, for nobody when none is. It raises InsufficientScope, for the
    guard around it.
    """
    if not names and not by_method:
        return servicer
    restricted = Restricted()
    for method in descriptor.methods:
        implementation, own = getattr(servicer, method.name), by_method.get(method.name)
        open_to_all = own is None and not names
        allowed = frozenset(names if own is None else own)
        setattr(restricted, method.name, implementation if open_to_all else _restricted(implementation, allowed))
    return restricted


def _restricted(method: Callable[[Any, Any], Any], allowed: frozenset[str]) -> Callable[[Any, Any], Any]:
    def call(request: Any, context: Any) -> Any:
        names = names_of(context)
        if not names & allowed:
            get_logger().warning("a caller with another certificate was refused", names=sorted(names))
            raise InsufficientScope(
                f"this method takes calls of {_listed(allowed)} alone, and the caller's certificate is of {_listed(names)}; "
                "call the gateway, or have the operator change tls_client_names (tls_admin_names for changes of models)"
            )
        return method(request, context)

    return call


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nobody"
