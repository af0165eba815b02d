from __future__ import annotations

import asyncio
import json

from bench.load.client import Client

DETAILS = [{"reason": "OVERLOADED", "domain": "telltale"}, {"retryDelay": "2s"}]
REFUSED = json.dumps({"code": 8, "message": "full", "details": DETAILS}).encode()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers a verdict in chunks, and then refuses."""
    for answer in (
        b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4;x\r\n": 1\r\n1\r\n}\r\n0\r\n\r\n',
        b"HTTP/1.1 429 Too Many\r\nContent-Length: %d\r\nconnection: close\r\n\r\n" % len(REFUSED) + REFUSED,
    ):
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"authorization: Bearer tt_x\r\n" in head
        await reader.readexactly(5)
        writer.write(answer)
        await writer.drain()
    writer.close()


async def test_answers_are_read_whole_on_one_connection() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        client = Client("127.0.0.1", server.sockets[0].getsockname()[1])
        verdict, refused = [await client.analyze("tt_x", b"photo") for _ in range(2)]
        client.close()
    assert (verdict.status, json.loads(verdict.body)) == (200, {"a": 1})
    assert (refused.status, refused.reason, refused.says_when_to_retry) == (429, "OVERLOADED", True)
