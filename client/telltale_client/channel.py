"""Where the server is, how the way to it is protected, and who we are."""

from __future__ import annotations

import ipaddress
import os
import platform
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

import grpc

from telltale_client.errors import InvalidArgument
from telltale_client.retry import Retry
from telltale_client.status import REQUEST_ID
from telltale_client.version import __version__

TOKEN_VARIABLE = "TELLTALE_TOKEN"  # noqa: S105 - the name of a variable
Metadata = tuple[tuple[str, str], ...]
_FILES = ("token_file", "ca_file", "certificate_file", "key_file")

_CLIENT = f"telltale-client/{__version__} python/{platform.python_version()} grpcio/{grpc.__version__}"
_OPTIONS: Sequence[tuple[str, str | int]] = (
    ("grpc.max_receive_message_length", 64 * 2**20),  # the report of a long video with its pictures
    ("grpc.max_send_message_length", 4 * 2**20),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.primary_user_agent", f"telltale-client/{__version__}"),
)


@dataclass(frozen=True)
class Door:
    """A way to a server.

    Attributes:
        target: host:port.
        tls: whether it is encrypted.
        ca_file: PEM authorities that the server's certificate must chain to; those of the system when it is None.
        certificate_file, key_file: PEM certificate and key by which we show who we are (mTLS); None: by the token alone.
        token: the token itself.
        token_file: a file with the token, read at every call, so that a rotated one counts at once.
        here: whether the server runs on this machine; then no proxy of the environment is asked.
    """

    target: str
    tls: bool
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    here: bool = False

    def channel(self) -> grpc.Channel:
        """A new blocking channel. Raises OSError for a file that cannot be read, InvalidArgument for an empty one."""
        if not self.tls:
            return grpc.insecure_channel(self.target, options=self._options())
        return grpc.secure_channel(self.target, self._credentials(), options=self._options())

    def aio_channel(self) -> grpc.aio.Channel:
        """A new channel of the running event loop. Raises as `channel`."""
        if not self.tls:
            return grpc.aio.insecure_channel(self.target, options=self._options())
        return grpc.aio.secure_channel(self.target, self._credentials(), options=self._options())

    def metadata(self) -> tuple[str, Metadata]:
        """A new request id, and the headers of a call that has it. Raises OSError for a token file that cannot be read."""
        request_id = str(uuid.uuid4())
        token = self._secret()
        bearer = (("authorization", f"Bearer {token}"),) if token else ()
        return request_id, ((REQUEST_ID, request_id), ("x-telltale-client", _CLIENT), *bearer)

    def _secret(self) -> str:
        if self.token is not None:
            return self.token
        if self.token_file is not None:
            return self.token_file.read_text(encoding="utf-8").strip()
        return os.environ.get(TOKEN_VARIABLE, "").strip()

    def _options(self) -> list[tuple[str, str | int]]:
        return [*_OPTIONS, ("grpc.enable_http_proxy", 0 if self.here else 1)]

    def _credentials(self) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(_bytes(self.ca_file), _bytes(self.key_file), _bytes(self.certificate_file))


class Options(TypedDict, total=False):
    """How a client is set up; everything has a default.

    Attributes:
        token: the token; else the one in `token_file`, else the variable TELLTALE_TOKEN.
        token_file: a file with the token, read at every call.
        ca_file: PEM authorities that the server must chain to; else those of the system.
        certificate_file, key_file: PEM certificate and key to show the server (mTLS).
        allow_plaintext: whether the token may travel unencrypted to another machine; it may not.
        retry: how patient the client is.
    """

    token: str | None
    token_file: str | Path | None
    ca_file: str | Path | None
    certificate_file: str | Path | None
    key_file: str | Path | None
    allow_plaintext: bool
    retry: Retry


def door_to(address: str, options: Options) -> Door:
    """The way to an address: "https://host", "host:port", "http://127.0.0.1:8080".

    Without a scheme it is encrypted, except for this machine.

    Raises:
        InvalidArgument: the address is none; a token would travel in plain text to another machine; half of a key pair.
    """
    scheme, host, port = _parts(address)
    here = _is_here(host)
    tls = scheme == "https" or (not scheme and not here)
    if not tls and not here and not options.get("allow_plaintext", False):
        raise InvalidArgument(f"{address} would carry the token unencrypted; use https, or say allow_plaintext=True")
    files = {name: Path(given) for name in _FILES if (given := options.get(name)) is not None}  # type: ignore[arg-type]
    if ("certificate_file" in files) != ("key_file" in files):
        raise InvalidArgument("certificate_file and key_file belong together; give both or none")
    target = f"{f'[{host}]' if ':' in host else host}:{port or (443 if tls else 80)}"
    return Door(target, tls, here=here, token=options.get("token"), **files)


def _parts(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address if "//" in address else f"//{address}")
    try:
        port = parts.port
    except ValueError as error:
        raise InvalidArgument(f"{address!r} has no such port: {error}") from error
    if parts.scheme not in {"", "http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise InvalidArgument(f"{address!r} is no address of a server; give one like https://telltale.example")
    return parts.scheme, parts.hostname, port


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bytes(path: Path | None) -> bytes | None:
    content = None if path is None else path.read_bytes()
    if content == b"":
        # grpc aborts the whole process over an empty key.
        raise InvalidArgument(f"{path} is empty; wait until it is written")
    return content
