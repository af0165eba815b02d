"""Client channels with the options that our servers expect.

A target is `host:port`, or `name@host:port` where the server's certificate has another name than its address.
"""

from __future__ import annotations

import grpc

from kit.errors import InvalidSettings
from kit.rpc.credentials import ClientTls, Contents, client_credentials
from kit.rpc.options import CHANNEL_OPTIONS
from kit.rpc.renewed import RenewedChannel

_NAME = "grpc.ssl_target_name_override"


def open_channel(target: str, tls: ClientTls | None = None) -> grpc.Channel:
    """A sync channel, in plain text without `tls`. Raises InvalidSettings: a file of `tls` cannot be read."""
    address, options = _parts(target, tls)
    if tls is None:
        return grpc.insecure_channel(address, options=options)
    return grpc.secure_channel(address, client_credentials(tls.files().read()), options=options)


def open_aio_channel(target: str, tls: ClientTls | None = None) -> grpc.aio.Channel:
    """An asyncio channel, in plain text without `tls`; calls that begin after a file of `tls` was replaced use the new one.

    Raises InvalidSettings: a file of `tls` cannot be read.
    """
    address, options = _parts(target, tls)
    if tls is None:
        return grpc.aio.insecure_channel(address, options=options)

    def connect(contents: Contents) -> grpc.aio.Channel:
        return grpc.aio.secure_channel(address, client_credentials(contents), options=options)

    return RenewedChannel(tls.files(), connect)


def _parts(target: str, tls: ClientTls | None) -> tuple[str, list[tuple[str, str | int]]]:
    name, _, address = target.rpartition("@")
    if name and tls is None:
        raise InvalidSettings(f"{target} names a certificate, and none is set up for connections to it; set one")
    return address, [*CHANNEL_OPTIONS, *([(_NAME, name)] if name else [])]
