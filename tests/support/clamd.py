"""A real clamd with a database of its own, and one that does not behave."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from cli.stack.ports import free_ports

CLAMD = Path("/usr/sbin/clamd")
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The file by which scanners are tested, in two parts, so that no scanner takes this one for it."""

MAX_BYTES = 4 * 2**20
_CONFIGURATION = """
Foreground yes
DatabaseDirectory {folder}
LocalSocket {folder}/socket
TCPSocket {port}
TCPAddr 127.0.0.1
AlertExceedsMax yes
StreamMaxLength {max_bytes}
MaxFileSize {max_bytes}
MaxScanSize {max_bytes}
"""
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextmanager
def running_clamd(folder: Path) -> Iterator[str]:
    """A clamd that knows EICAR at any place and nothing else; its address on TCP. Its socket is `folder`/socket."""
    [port] = free_ports(1)
    folder.mkdir(exist_ok=True)
    (folder / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    configuration = folder / "clamd.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, max_bytes=MAX_BYTES))
    command: list[str | Path] = [CLAMD, "--config-file", configuration]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            _wait_until_ready(process)
            yield f"tcp://127.0.0.1:{port}"
        finally:
            process.kill()


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    said = ""
    assert process.stdout is not None
    while "Self checking" not in said:
        line = process.stdout.readline()
        assert line, f"clamd ended: {said}"
        said += line


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[str]:
    """A server that is no clamd; its address."""
    talks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
            await writer.drain()
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.ensure_future(serve(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*talks, return_exceptions=True)


async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Reads everything and never answers."""
    while await reader.read(2**16):
        continue


def answering(reply: bytes) -> Talk:
    """Reads a file to its end and answers."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0")
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            await reader.readexactly(length)
        writer.write(reply)

    return talk


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Goes away at once."""
    writer.transport.abort()
