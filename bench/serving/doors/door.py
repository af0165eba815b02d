"""What all doors have in common."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Protocol, Self

_TIMEOUT_S = 60.0
_PIECE_BYTES = 1 << 16


class Door(Protocol):
    """One connection to one server. Of one thread."""

    def ask(self, request: bytes) -> bytes:
        """Sends an encoded request; the encoded answer. Raises ConnectionError and RuntimeError when there is none."""
        ...

    def close(self) -> None:
        """Hangs up."""
        ...


@dataclass
class Line:
    """A connection that can be read by lengths and up to marks."""

    connection: socket.socket
    unread: bytearray

    @classmethod
    def to(cls, port: int) -> Self:
        """To this machine. Raises ConnectionError."""
        connection = socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connection, bytearray())

    def take(self, count: int) -> bytes:
        """The next `count` bytes. Raises ConnectionError when the other side hangs up before."""
        while len(self.unread) < count:
            self._more()
        return self._cut(count)

    def take_until(self, mark: bytes) -> bytes:
        """All up to the mark, with it. Raises as above."""
        while (end := self.unread.find(mark)) < 0:
            self._more()
        return self._cut(end + len(mark))

    def _more(self) -> None:
        piece = self.connection.recv(_PIECE_BYTES)
        if not piece:
            raise ConnectionError("the server hung up")
        self.unread += piece

    def _cut(self, count: int) -> bytes:
        taken = bytes(self.unread[:count])
        del self.unread[:count]
        return taken
