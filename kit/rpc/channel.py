"""Client channels with the options that our servers expect."""

from __future__ import annotations

import grpc

from kit.rpc.options import CHANNEL_OPTIONS


def open_channel(target: str) -> grpc.Channel:
    """A sync channel in plain text to `host:port`."""
    return grpc.insecure_channel(target, options=CHANNEL_OPTIONS)


def open_aio_channel(target: str) -> grpc.aio.Channel:
    """An asyncio channel in plain text to `host:port`."""
    return grpc.aio.insecure_channel(target, options=CHANNEL_OPTIONS)
