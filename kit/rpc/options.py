"""Channel and server options in one place, so that both ends agree."""

from __future__ import annotations

from pathlib import Path

import grpc

from kit.errors import InvalidSettings
from kit.settings import ServerSettings

MAX_MESSAGE_BYTES = 4 * 2**20  # Chunks are 1 MiB; an answer with its maps stays well below.

# The report of a long video may be longer; who asks for it by gRPC raises their own limit.
MAX_ANSWER_BYTES = 32 * 2**20

SERVER_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_ANSWER_BYTES),
    ("grpc.so_reuseport", 0),  # A second process on the same port must fail, not take half of the calls.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.enable_http_proxy", 0),  # Services talk to each other, never through a proxy of the environment.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)


def server_credentials(settings: ServerSettings) -> grpc.ServerCredentials | None:
    """TLS as the settings say; None means plain text.

    Raises:
        InvalidSettings: only one of certificate and key is given, or a file cannot be read.
    """
    if settings.tls_certificate is None and settings.tls_key is None:
        return None
    if settings.tls_certificate is None or settings.tls_key is None:
        raise InvalidSettings("TLS needs both a certificate and a key; set both or neither")
    authority = _read(settings.tls_client_ca) if settings.tls_client_ca else None
    pair = (_read(settings.tls_key), _read(settings.tls_certificate))
    return grpc.ssl_server_credentials([pair], authority, require_client_auth=authority is not None)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidSettings(f"TLS file {path} cannot be read: {error.strerror}") from error
