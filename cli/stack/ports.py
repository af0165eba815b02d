"""TCP ports of this machine."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from kit.errors import InvalidSettings


def require_free(host: str, port: int, name: str, option: str) -> None:
    """Raises InvalidSettings when `port` cannot be listened on: which one, for what, and the option that changes it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = f"port {port} on {host}, wanted for {name}, cannot be used: {error.strerror}"
            raise InvalidSettings(f"{why}. Stop what holds it, or choose another with {option}") from error


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at the moment, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
