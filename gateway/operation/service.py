"""OperationService and google.longrunning.Operations over gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import grpc
from google.longrunning import operations_pb2, operations_pb2_grpc
from google.protobuf import empty_pb2

from gateway.door.access import Gate
from gateway.door.tokens import Scope
from gateway.keeping.shredder import Shredder
from gateway.orders.archive import Archive
from gateway.orders.desk import Desk
from gateway.orders.operations import analysis_id_in, operation_of, wanted_done
from gateway.orders.places import Queue
from gateway.paging import page
from gateway.search import Search
from kit.rpc.aio_server import AioServiceBinding
from telltale.gateway.v1 import operation_service_pb2, operation_service_pb2_grpc

DEFAULT_WAIT_S = 30.0
MAX_WAIT_S = 600.0


class OperationServicer:
    """Convert, call, convert: waiting."""

    def __init__(self, gate: Gate, desk: Desk, lobby: Queue) -> None:
        self._gate = gate
        self._desk = desk
        self._lobby = lobby

    async def WatchOperation(
        self, request: operation_service_pb2.WatchOperationRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[operations_pb2.Operation]:
        """The operation at every step."""
        async with self._gate.admit("WatchOperation", context, Scope.READ) as call:
            with self._lobby.waiting(call.token_id or call.owner):
                steps = self._desk.watch(call.owner, analysis_id_in(request.name))
                async with aclosing(steps):
                    async for analysis in steps:
                        yield operation_of(analysis)

    async def WaitOperation(
        self, request: operation_service_pb2.WaitOperationRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.Operation:
        """The operation when it is done, or as it stands when the time is over."""
        timeout_s = request.timeout.ToTimedelta().total_seconds() if request.HasField("timeout") else DEFAULT_WAIT_S
        async with self._gate.admit("WaitOperation", context, Scope.READ) as call:
            with self._lobby.waiting(call.token_id or call.owner):
                return await wait(self._desk, call.owner, analysis_id_in(request.name), timeout_s)


class OperationsServicer:
    """Convert, call, convert: the mixin that every client of long-running operations knows."""

    def __init__(self, gate: Gate, desk: Desk, archive: Archive, shredder: Shredder, lobby: Queue) -> None:
        self._gate = gate
        self._desk = desk
        self._lobby = lobby
        self._archive = archive
        self._shredder = shredder

    async def ListOperations(
        self, request: operations_pb2.ListOperationsRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.ListOperationsResponse:
        """A page of operations, newest first."""
        async with self._gate.admit("ListOperations", context, Scope.READ) as call:
            wanted = Search(done=wanted_done(request.filter))
            part = page(request.page_size, request.page_token, wanted.digest())
            analyses, following = await self._archive.page(call.owner, part, wanted)
            operations = [operation_of(analysis) for analysis in analyses]
            return operations_pb2.ListOperationsResponse(operations=operations, next_page_token=following)

    async def GetOperation(
        self, request: operations_pb2.GetOperationRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.Operation:
        """One operation as it stands."""
        async with self._gate.admit("GetOperation", context, Scope.READ) as call:
            return operation_of(await self._archive.get(call.owner, analysis_id_in(request.name)))

    async def DeleteOperation(
        self, request: operations_pb2.DeleteOperationRequest, context: grpc.aio.ServicerContext
    ) -> empty_pb2.Empty:
        """Deletes an operation with its analysis."""
        async with self._gate.admit("DeleteOperation", context, Scope.ANALYZE) as call:
            await self._shredder.analysis(call.owner, analysis_id_in(request.name))
            return empty_pb2.Empty()

    async def CancelOperation(
        self, request: operations_pb2.CancelOperationRequest, context: grpc.aio.ServicerContext
    ) -> empty_pb2.Empty:
        """Ends an operation without an answer."""
        async with self._gate.admit("CancelOperation", context, Scope.ANALYZE) as call:
            await self._desk.cancel(call.owner, analysis_id_in(request.name))
            return empty_pb2.Empty()

    async def WaitOperation(
        self, request: operations_pb2.WaitOperationRequest, context: grpc.aio.ServicerContext
    ) -> operations_pb2.Operation:
        """The operation when it is done, or as it stands when the time is over."""
        # This contract is not ours and has no rules: a duration may be longer than Python's.
        asked = request.timeout
        asked_s = asked.seconds + asked.nanos / 1e9 if request.HasField("timeout") else DEFAULT_WAIT_S
        async with self._gate.admit("WaitOperation", context, Scope.READ) as call:
            timeout_s = min(max(0.0, asked_s), MAX_WAIT_S)
            with self._lobby.waiting(call.token_id or call.owner):
                return await wait(self._desk, call.owner, analysis_id_in(request.name), timeout_s)


async def wait(desk: Desk, owner: str, analysis_id: str, timeout_s: float) -> operations_pb2.Operation:
    """The operation when it is done, or as it stands when the time is over. Raises NotFound."""
    steps = desk.watch(owner, analysis_id)
    latest = await anext(steps)
    async with aclosing(steps):
        try:
            async with asyncio.timeout(timeout_s):
                async for step in steps:
                    latest = step
        except TimeoutError:
            pass  # Then it is told as it stands.
    return operation_of(latest)


def operation_service(servicer: OperationServicer) -> AioServiceBinding:
    """The binding of `OperationService` for a server."""
    return AioServiceBinding(
        descriptor=operation_service_pb2.DESCRIPTOR.services_by_name["OperationService"],
        add=operation_service_pb2_grpc.add_OperationServiceServicer_to_server,
        servicer=servicer,
    )


def operations_service(servicer: OperationsServicer) -> AioServiceBinding:
    """The binding of `google.longrunning.Operations` for a server."""
    return AioServiceBinding(
        descriptor=operations_pb2.DESCRIPTOR.services_by_name["Operations"],
        add=operations_pb2_grpc.add_OperationsServicer_to_server,
        servicer=servicer,
    )
