"""A receiver of notifications: a real TLS server with an authority of its own, and a DNS that says what a test wants."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "hooks.example.org"
Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FakeDns:
    """Answers in turn; the last one again and again."""

    answers: Sequence[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@dataclass
class Receiver:
    """Notes what arrives, answers what `behaviour` does."""

    port: int = 0
    behaviour: Behaviour | None = None
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        headers[":path"] = lines[0].split()[1]
        self.requests.append((headers, await reader.readexactly(int(headers.get("content-length", "0")))))
        assert self.behaviour is not None
        try:
            await self.behaviour(writer)
        except ConnectionError:
            return  # The other end has heard enough.
        finally:
            writer.close()


def answers(status: str = "204 No Content", *headers: str, body: bytes = b"") -> Behaviour:
    """One answer, whole and at once."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join((f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "", ""))
        writer.write(head.encode() + body)
        await writer.drain()

    return behave


@asynccontextmanager
async def receiving(behaviour: Behaviour, tls: ssl.SSLContext | None) -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    receiver = Receiver(behaviour=behaviour)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


def certified(folder: Path, name: str = HOST) -> tuple[ssl.SSLContext, Path]:
    """TLS of a server called `name`, and the file of the authority that says so."""
    folder.mkdir(parents=True, exist_ok=True)
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context, folder / "ca.pem"
