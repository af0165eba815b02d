"""Who is told of ended analyses: counts what it is sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Receiver:
    """An HTTP server on a free port of this machine.

    Attributes:
        told: how often each notification came, by its id.
        port: that it listens on.
    """

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.port = 0

    @property
    def url(self) -> str:
        """Where to tell it."""
        return f"http://127.0.0.1:{self.port}/told"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listens until the context ends."""
        server = await asyncio.start_server(self._hear, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            await reader.readexactly(int(headers.get("content-length", "0")))
            self.told[headers.get("webhook-id", "")] += 1
            writer.write(_ANSWER)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # The sender was killed; it comes back.
        finally:
            writer.close()
