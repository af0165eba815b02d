"""What services answer by, and by what they are asked and heard: what is left of an answer depends on both."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final

import grpc

from gateway.backends.calls import calling
from gateway.making.case import Basis
from kit.models.basis import program
from kit.rpc.basis import BASIS
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc

_ROOMS: Final = ("gateway.backends", "gateway.making")
"""Where questions are put, and answers checked, rounded and gathered."""
_METHOD: Final = "telltale.model.v1.ModelService/GetBasis"


class BasisAsked:
    """`gateway.making.recall.Service`: asks the service behind a channel."""

    def __init__(self, channel: grpc.aio.Channel, target: str) -> None:
        self._stub = model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        self._target = target

    async def basis(self, budget_s: float) -> str:
        """What it answers by now. Raises TelltaleError."""
        request = model_service_pb2.GetBasisRequest()
        with calling(_METHOD, self._target) as metadata:
            response = await self._stub.GetBasis(request, timeout=budget_s, metadata=metadata)
        return await asyncio.to_thread(heard_by, str(response.basis))


async def basis_of(call: grpc.aio.Call) -> Basis:
    """By what a call is being answered; an empty one when the service does not say. Waits for the beginning of the answer."""
    told = (await call.initial_metadata()).get(BASIS, "")
    return Basis(await asyncio.to_thread(heard_by, str(told)))


def heard_by(basis: str) -> str:
    """What a service says together with our own program, as one digest; empty when it says nothing.

    A gateway that rounds more coarsely to protect a model must not hand out what one before it has kept. Reads files once.
    """
    return hashlib.sha256(f"{basis} {program(*_ROOMS)}".encode()).hexdigest() if basis else ""
