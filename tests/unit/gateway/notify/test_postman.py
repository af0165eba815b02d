"""One attempt, against a real server on loopback."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest

from gateway.notify.destinations import Destination, Destinations
from gateway.notify.postman import Answer, Postman, SystemResolver, Undelivered, tls_context
from kit.errors import InvalidSettings, WebhookRefused
from tests.support.receiver import HOST, FakeDns, Receiver, answers, certified, receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)


def destinations(port: int, *, plain: bool = False, networks: Sequence[object] = LOOPBACK) -> Destinations:
    return Destinations((HOST, "localhost"), (port,), networks, plain_loopback=plain)  # type: ignore[arg-type]


async def post(
    receiver: Receiver,
    tls: ssl.SSLContext,
    dns: FakeDns | None = None,
    *,
    networks: Sequence[object] = LOOPBACK,
    timeout_s: float = 5.0,
) -> Answer:
    allowed = destinations(receiver.port, networks=networks)
    postman = Postman(allowed, dns or FakeDns([["127.0.0.1"]]), tls, timeout_s)
    destination = allowed.check(f"https://{HOST}:{receiver.port}/in?to=us")
    return await postman.post(destination, {"webhook-id": "1", "content-type": "application/json"}, b'{"a":1}')


async def test_the_body_arrives_whole_under_the_name_of_the_host(tmp_path: Path) -> None:
    served, authority = certified(tmp_path)
    async with receiving(answers(), served) as receiver:
        assert (await post(receiver, tls_context(authority))).delivered
    [(headers, body)] = receiver.requests
    assert (headers[":path"], headers["host"]) == ("/in?to=us", f"{HOST}:{receiver.port}")
    assert (headers["webhook-id"], headers["content-type"]) == ("1", "application/json")
    assert body == b'{"a":1}'


async def test_a_name_that_resolves_to_another_address_the_second_time_gets_nowhere(tmp_path: Path) -> None:
    served, authority = certified(tmp_path)
    dns = FakeDns([["127.0.0.1"], ["127.0.0.2"]])
    async with receiving(answers(), served) as receiver:
        await post(receiver, tls_context(authority), dns)
    assert dns.asked == [HOST]
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("found", [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["::ffff:127.0.0.1"]])
async def test_a_name_that_leads_inside_is_not_called(tmp_path: Path, found: list[str]) -> None:
    served, authority = certified(tmp_path)
    async with receiving(answers(), served) as receiver:
        with pytest.raises(WebhookRefused, match="must not be called"):
            await post(receiver, tls_context(authority), FakeDns([found]), networks=())
    assert receiver.requests == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
async def test_a_redirect_is_an_answer_like_others(tmp_path: Path, status: str) -> None:
    served, authority = certified(tmp_path)
    async with receiving(answers(status, "location: http://169.254.169.254/"), served) as receiver:
        answer = await post(receiver, tls_context(authority))
    assert (answer.status, answer.delivered) == (int(status[:3]), False)
    assert len(receiver.requests) == 1


async def test_a_certificate_of_somebody_else_or_of_nobody_known_is_refused(tmp_path: Path) -> None:
    served, authority = certified(tmp_path / "other", "other.example.org")
    _, known = certified(tmp_path / "known")
    async with receiving(answers(), served) as receiver:
        for believed in (authority, known):
            with pytest.raises(Undelivered, match="Certificate"):
                await post(receiver, tls_context(believed))
    assert receiver.requests == []


async def test_who_says_nothing_is_left_after_the_timeout(tmp_path: Path) -> None:
    served, authority = certified(tmp_path)
    left = asyncio.Event()

    async def silence(writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()
        left.set()

    async with receiving(silence, served) as receiver:
        with pytest.raises(Undelivered, match="no answer within"):
            await post(receiver, tls_context(authority), timeout_s=0.2)
        await asyncio.wait_for(left.wait(), 5)


async def test_a_head_that_comes_in_drops_or_never_ends_is_left_after_the_timeout(tmp_path: Path) -> None:
    served, authority = certified(tmp_path)

    async def drops(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(1000):
            writer.write(b"x-%d: y\r\n" % number)
            await writer.drain()
            await asyncio.sleep(0.02)

    async with receiving(drops, served) as receiver:
        with pytest.raises(Undelivered):
            await post(receiver, tls_context(authority), timeout_s=0.3)


async def test_of_an_endless_body_nothing_is_waited_for(tmp_path: Path) -> None:
    served, authority = certified(tmp_path)
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n")
        while True:
            writer.write(bytes(2**16))
            sent += 2**16
            await writer.drain()

    async with receiving(endless, served) as receiver:
        assert (await post(receiver, tls_context(authority))).delivered
    assert sent < 16 * 2**20  # what the kernel's buffers hold


@pytest.mark.parametrize(
    "raw", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 2**17, b"HTTP/1.1 999999 X\r\n\r\n", b""]
)
async def test_what_is_no_http_is_no_answer(tmp_path: Path, raw: bytes) -> None:
    served, authority = certified(tmp_path)

    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    async with receiving(nonsense, served) as receiver:
        with pytest.raises(Undelivered):
            await post(receiver, tls_context(authority))


async def test_nobody_listens_there(tmp_path: Path) -> None:
    served, authority = certified(tmp_path)
    async with receiving(answers(), served) as receiver:
        pass
    with pytest.raises(Undelivered, match="ClientConnector"):
        await post(receiver, tls_context(authority))


async def test_this_machine_is_told_in_plain_text_where_that_is_allowed(tmp_path: Path) -> None:
    async with receiving(answers("200 OK", body=b"thanks"), None) as receiver:
        allowed = destinations(receiver.port, plain=True, networks=())
        postman = Postman(allowed, SystemResolver(), tls_context(None), 5.0)
        destination = Destination(f"http://localhost:{receiver.port}/", "localhost", receiver.port, secure=False)
        assert (await postman.post(destination, {}, b"{}")).delivered


async def test_retry_after_is_told(tmp_path: Path) -> None:
    served, authority = certified(tmp_path)
    async with receiving(answers("503 Busy", "retry-after: 120"), served) as receiver:
        assert await post(receiver, tls_context(authority)) == Answer(503, "120")


def test_a_file_of_authorities_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for file in ("ca.pem", "missing.pem"):
        with pytest.raises(InvalidSettings, match="webhook_ca"):
            tls_context(tmp_path / file)
