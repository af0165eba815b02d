"""Calls about operations, and what is in their answers."""

from __future__ import annotations

from google.longrunning import operations_pb2
from google.protobuf.duration_pb2 import Duration

from telltale.gateway.v1 import analysis_service_pb2, operation_service_pb2, resources_pb2
from tests.support.gateway import World


def watching(name: str) -> operation_service_pb2.WatchOperationRequest:
    return operation_service_pb2.WatchOperationRequest(name=name)


def metadata_of(operation: operations_pb2.Operation) -> resources_pb2.AnalysisOperation:
    found = resources_pb2.AnalysisOperation()
    assert operation.metadata.Unpack(found)
    return found


def response_of(operation: operations_pb2.Operation) -> resources_pb2.Analysis:
    found = resources_pb2.Analysis()
    assert operation.response.Unpack(found)
    return found


async def wait_for(world: World, name: str, seconds: int = 10) -> operations_pb2.Operation:
    request = operation_service_pb2.WaitOperationRequest(name=name, timeout=Duration(seconds=seconds))
    operation: operations_pb2.Operation = await world.waiting.WaitOperation(request, metadata=world.headers)
    return operation


async def get(world: World, name: str) -> operations_pb2.Operation:
    request = operations_pb2.GetOperationRequest(name=name)
    operation: operations_pb2.Operation = await world.operations.GetOperation(request, metadata=world.headers)
    return operation


async def cancel(world: World, name: str) -> None:
    await world.operations.CancelOperation(operations_pb2.CancelOperationRequest(name=name), metadata=world.headers)


async def list_all(world: World, wanted: str = "") -> operations_pb2.ListOperationsResponse:
    request = operations_pb2.ListOperationsRequest(name="operations", filter=wanted)
    page: operations_pb2.ListOperationsResponse = await world.operations.ListOperations(request, metadata=world.headers)
    return page


async def order_all(
    world: World, media: list[str], keys: list[str]
) -> analysis_service_pb2.BatchCreateAnalysesResponse:
    requests = [
        analysis_service_pb2.CreateAnalysisRequest(media=name, request_id=key)
        for name, key in zip(media, keys, strict=True)
    ]
    batch = analysis_service_pb2.BatchCreateAnalysesRequest(requests=requests)
    answer: analysis_service_pb2.BatchCreateAnalysesResponse = await world.analysis.BatchCreateAnalyses(
        batch, metadata=world.headers
    )
    return answer
