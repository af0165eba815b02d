"""One attempt: the name is resolved once, the answer of DNS held against the rules, and that very address is called."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.notify.destinations import Destination, Destinations
from kit.errors import InvalidSettings

_BUFFER_BYTES = 1 << 15  # aiohttp stops reading at twice as much; of an answer nothing but its head is looked at


class Resolver(Protocol):
    """Asks DNS."""

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Addresses of a host. Raises OSError when there are none."""
        ...


class Undelivered(Exception):
    """An attempt that failed. The text is for the log and holds nothing that the receiver has sent."""


@dataclass(frozen=True)
class Answer:
    """What a receiver says. `retry_after` is its header of that name, empty when there is none."""

    status: int
    retry_after: str

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it: 2xx."""
        return self.status // 100 == HTTPStatus.OK // 100


class SystemResolver:
    """`Resolver` by the operating system."""

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Addresses as getaddrinfo gives them. Raises OSError."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(address[0]) for *_, address in found]


class Postman:
    """Sends by HTTP."""

    def __init__(self, destinations: Destinations, resolver: Resolver, tls: ssl.SSLContext, timeout_s: float) -> None:
        self._destinations = destinations
        self._resolver = resolver
        self._tls = tls
        self._timeout_s = timeout_s

    async def post(self, destination: Destination, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one POST; redirects are answers like others. Raises Undelivered, WebhookRefused (its address)."""
        try:
            async with asyncio.timeout(self._timeout_s):
                addresses = await self._resolver.addresses(destination.host, destination.port)
                self._destinations.check_addresses(destination, addresses)
                return await self._send(destination, addresses, headers, body)
        except TimeoutError as error:
            raise Undelivered(f"no answer within {self._timeout_s:g} s") from error
        except (OSError, aiohttp.ClientError) as error:
            raise Undelivered(type(error).__name__) from error

    async def _send(
        self, destination: Destination, addresses: Sequence[str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        connector = aiohttp.TCPConnector(
            resolver=_Pinned(destination.host, addresses), use_dns_cache=False, force_close=True, ssl=self._tls
        )
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
        ) as session:
            url = URL(destination.url, encoded=True)
            async with session.post(
                url, data=body, headers=headers, allow_redirects=False, read_bufsize=_BUFFER_BYTES
            ) as answer:
                return Answer(answer.status, answer.headers.get("retry-after", ""))


class _Pinned(AbstractResolver):
    """Knows one host, at the addresses that were checked."""

    def __init__(self, host: str, addresses: Sequence[str]) -> None:
        self._host = host
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The checked addresses. Raises OSError for any other host."""
        if host.lower() != self._host:
            raise OSError("another host than the one that was checked")
        return [_pinned(host, address, port) for address in self._addresses]

    async def close(self) -> None:
        """Nothing is open."""


def _pinned(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


def tls_context(authorities: Path | None) -> ssl.SSLContext:
    """TLS that believes the system's authorities, or those of a PEM file instead. Raises InvalidSettings."""
    try:
        return ssl.create_default_context(cafile=None if authorities is None else str(authorities))
    except (OSError, ssl.SSLError) as error:
        raise InvalidSettings(f"the file of webhook_ca, {authorities}, cannot be read as PEM certificates") from error
