"""HTTP/1.1 over asyncio: enough of it to judge photos, on connections that are kept."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

_READ_S = 120.0
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def reason(self) -> str:
        """Reason of the error; empty when there is none."""
        return next((str(each["reason"]) for each in self._details() if "reason" in each), "")

    @property
    def says_when_to_retry(self) -> bool:
        """Whether a refusal names the pause after which it is worth trying again."""
        return any("retryDelay" in each for each in self._details()) or "retry-after" in self.headers

    def _details(self) -> list[dict[str, Any]]:
        if self.status < 400 or not self.body.startswith(b"{"):
            return []
        details: list[dict[str, Any]] = json.loads(self.body).get("details", [])
        return details


class Client:
    """Calls one server."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._idle: list[Connection] = []

    async def analyze(self, token: str, photo: bytes) -> Answer:
        """The answer to `POST /v1/media:analyze`. Raises OSError, EOFError when the connection breaks, TimeoutError."""
        head = (
            f"POST /v1/media:analyze HTTP/1.1\r\nhost: {self._host}:{self._port}\r\nauthorization: Bearer {token}\r\n"
            f"content-type: image/jpeg\r\ncontent-length: {len(photo)}\r\n\r\n"
        )
        async with asyncio.timeout(_READ_S):
            reader, writer = self._usable() or await asyncio.open_connection(self._host, self._port)
            kept = False
            try:
                writer.write(head.encode() + photo)
                answer = await _read(reader)
                kept = answer.headers.get("connection", "").lower() != "close"
                return answer
            finally:
                if kept:
                    self._idle.append((reader, writer))
                else:
                    writer.close()

    def _usable(self) -> Connection | None:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():  # servers end connections on which nothing was asked for minutes
                return reader, writer
            writer.close()
        return None

    def close(self) -> None:
        """Ends all connections."""
        for _, writer in self._idle:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Answer:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join([chunk async for chunk in _chunks(reader)])
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(lines[0].split()[1]), headers, body)


async def _chunks(reader: asyncio.StreamReader) -> Any:
    while length := int((await reader.readline()).split(b";")[0], 16):
        yield (await reader.readexactly(length + 2))[:-2]
    await reader.readline()
