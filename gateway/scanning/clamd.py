"""ClamAV's daemon, asked by its own protocol (clamd(8), INSTREAM): the file goes to it over a socket, a line comes back.

The libraries for it speak TCP alone or send a kilobyte at a time, which takes seven times as long.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import struct
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.scanning.scanner import CLEAN, ScanState
from gateway.uninterrupted import side_by_side
from kit.errors import MediaInfected, MediaTooLarge, ScannerUnavailable
from kit.log import get_logger
from kit.media.file import MediaFile

_CHUNK_BYTES = 1 << 20
_FOUND = re.compile(r"stream: (?P<signature>.+) FOUND")
_PARTLY = "Heuristics.Limits.Exceeded"
"""What clamd calls a file of which it did not see everything, where AlertExceedsMax is set."""
_TOO_LONG = "INSTREAM size limit exceeded. ERROR"
"""What it says in the middle of a file that is longer than its StreamMaxLength."""


@dataclass(frozen=True)
class ClamdAddress:
    """Where a clamd listens: on a Unix socket when `path` is not empty, on TCP otherwise."""

    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def parse(cls, url: str) -> ClamdAddress:
        """Of `tcp://host:port` or `unix:///path`. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme == "unix" and parts.path and not parts.netloc:
            return cls(path=parts.path)
        if parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path:
            return cls(host=parts.hostname, port=parts.port)
        raise ValueError(f"{url!r} is neither tcp://host:port nor unix:///path/of/the/socket")

    async def connect(self) -> tuple[StreamReader, StreamWriter]:
        """A new connection. Raises OSError."""
        if self.path:
            return await asyncio.open_unix_connection(self.path)
        return await asyncio.open_connection(self.host, self.port)


class Clamd:
    """`Scanner` that asks a clamd.

    Attributes:
        max_bytes: length of the longest file that it is sure to look at as a whole.
    """

    def __init__(self, address: ClamdAddress, timeout_s: float, max_bytes: int, connections: int) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._places = asyncio.Semaphore(connections)
        self.max_bytes = max_bytes

    async def scan(self, media: MediaFile) -> ScanState:
        """CLEAN. Raises MediaInfected, MediaTooLarge, ScannerUnavailable."""
        if media.size_bytes > self.max_bytes:
            raise _too_large(self.max_bytes)
        reply = await self._asked(media)
        if reply == "stream: OK":
            return CLEAN
        if reply == _TOO_LONG:
            raise _too_large(self.max_bytes)
        found = _FOUND.fullmatch(reply)
        if found is None:
            raise _unavailable(f"it answered {reply[:200]!r}")
        if found["signature"].startswith(_PARTLY):
            raise _too_large(self.max_bytes)
        raise MediaInfected(
            f"The malware scanner knows the file as {found['signature']}. It was not kept; do not open it.",
            signature=found["signature"],
            scanner="clamd",
        )

    async def _asked(self, media: MediaFile) -> str:
        try:
            async with asyncio.timeout(self._timeout_s), self._places:
                return await _conversation(self._address, media)
        except TimeoutError as error:
            raise _unavailable(f"no answer within {self._timeout_s:g} s") from error
        except OSError as error:
            raise _unavailable(f"{type(error).__name__}: {error}") from error


async def _conversation(address: ClamdAddress, media: MediaFile) -> str:
    reader, writer = await address.connect()
    try:
        # It may say in the middle of a file why it hangs up, which is lost to who listens only after that.
        _, reply = await side_by_side(_send(writer, media), _reply(reader))
        return reply
    finally:
        writer.transport.abort()


async def _reply(reader: StreamReader) -> str:
    """Up to its end: half of what clamd found would not tell that it found anything. Raises OSError."""
    try:
        return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ConnectionError("its answer has no end") from error


async def _send(writer: StreamWriter, media: MediaFile) -> None:
    with contextlib.suppress(ConnectionError):  # whether it hung up too early tells its answer
        writer.write(b"zINSTREAM\0")
        for chunk in media.chunks(_CHUNK_BYTES):
            writer.write(struct.pack("!L", len(chunk)))
            writer.write(chunk)
            await writer.drain()
        writer.write(struct.pack("!L", 0))
        await writer.drain()


def _too_large(max_bytes: int) -> MediaTooLarge:
    return MediaTooLarge(
        f"The malware scanner looks at no more than {max_bytes} bytes, packed or unpacked, and the file has more. "
        "Send a shorter or more compressed one.",
        max_bytes=str(max_bytes),
    )


def _unavailable(problem: str) -> ScannerUnavailable:
    get_logger().warning("the malware scanner does not answer as it should", problem=problem)
    return ScannerUnavailable(
        "Files are looked at for malware here and the scanner does not answer. Try again in a moment.",
        retry_after_s=5.0,
    )
