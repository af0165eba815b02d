from __future__ import annotations

import socket

import pytest

from cli.stack.ports import free_ports, require_free
from kit.errors import InvalidSettings


def test_a_taken_port_is_named_with_the_option_that_changes_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InvalidSettings, match=rf"port {port} on 127.0.0.1, wanted for the page.*--port"):
            require_free("127.0.0.1", port, "the page", "--port")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(InvalidSettings, match=r"192\.0\.2\.1"):
        require_free("192.0.2.1", 8080, "the page", "--port")


def test_free_ports_are_all_different_and_free() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    for port in ports:
        require_free("127.0.0.1", port, "a test", "--port")
