"""What a call's metadata and its end mean to who answers it."""

from __future__ import annotations

from typing import Final

import grpc

from kit.media.cancel import CancelToken
from kit.rpc.basis import announce
from kit.serving.desk import Caller
from kit.serving.lanes import MAIN

LANE: Final = "telltale-lane"
"""Key of the metadata that name a lane."""


def caller_of(context: grpc.ServicerContext) -> Caller:
    """Who calls: is told by what the answer is made, and ends the work by going away."""
    cancel = CancelToken()
    if not context.add_callback(cancel.cancel):
        cancel.cancel()
    return Caller(lane_of(context), cancel, lambda basis: announce(context, basis))


def lane_of(context: grpc.ServicerContext) -> str:
    """The lane that a call's metadata name; "main" when they name none."""
    value = dict(context.invocation_metadata() or ()).get(LANE, MAIN)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
