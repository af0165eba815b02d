"""Long-running work (AIP-151)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from google.longrunning import operations_pb2

import telltale_client.methods as methods
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import analysis_service_pb2, operation_service_pb2, resources_pb2
from telltale_client.effects import Emit, Flow, Next, Open, Rest, Stream
from telltale_client.errors import DeadlineExceeded, TelltaleError, Unavailable
from telltale_client.flows.analyses import ended
from telltale_client.flows.calling import PAGE_SIZE, once, paged, repeated
from telltale_client.status import from_status
from telltale_client.values import Depth, Priority, duration, enum_value, name_in, new_key

Analysis = resources_pb2.Analysis
CreateAnalysisRequest = analysis_service_pb2.CreateAnalysisRequest
_LONGEST_WAIT_S = 60.0
_GRACE_S = 15.0


def analysis_request(
    media: str | resources_pb2.Media,
    *,
    depth: Depth | int = "standard",
    language: str = "",
    priority: Priority | int = "normal",
    wanted_within: timedelta | None = None,
    notify_url: str = "",
    request_id: str | None = None,
    fresh: bool = False,
) -> CreateAnalysisRequest:
    """One order of a batch; the arguments are those of `create_analysis`."""
    return CreateAnalysisRequest(
        media=name_in(media),
        request_id=request_id or new_key(),
        depth=enum_value(media_pb2.Depth, "DEPTH", depth),
        language=language,
        priority=enum_value(resources_pb2.Priority, "PRIORITY", priority),
        wanted_within=duration(wanted_within),
        notify_url=notify_url,
        fresh=fresh,
    )


def create_analysis(
    media: str | resources_pb2.Media,
    *,
    depth: Depth | int = "standard",
    language: str = "",
    priority: Priority | int = "normal",
    wanted_within: timedelta | None = None,
    notify_url: str = "",
    request_id: str | None = None,
    fresh: bool = False,
) -> Flow[operations_pb2.Operation]:
    """Has a stored file judged and answers at once with an operation, which goes on whatever becomes of this program.

    Args:
        media: "media/{id}", or the file as `upload` answered it.
        depth: how much of a long file to look at.
        language: of the verdict's sentences, a BCP 47 tag; English when empty.
        priority: how urgent it is among the requests of this token.
        wanted_within: it fails when it is not done by then; None: always wanted.
        notify_url: an HTTPS address that is told when it has ended; the operator must allow it.
        request_id: a UUID; the same one with the same file gives the same operation. One of ours when it is None.
        fresh: every detector looks at it anew, whatever it said of the same bytes before.

    Raises:
        NotFound, ResourceExhausted, AlreadyExists, InvalidArgument (an address that is not allowed), …
    """
    request = analysis_request(
        media,
        depth=depth,
        language=language,
        priority=priority,
        wanted_within=wanted_within,
        notify_url=notify_url,
        request_id=request_id,
        fresh=fresh,
    )
    return (yield from repeated(methods.CREATE_ANALYSIS, request))


def batch(requests: Sequence[CreateAnalysisRequest]) -> Flow[list[operations_pb2.Operation]]:
    """Has up to 100 stored files judged: all orders are taken, or none. Raises as `create_analysis`."""
    request = analysis_service_pb2.BatchCreateAnalysesRequest(requests=requests)
    again = all(each.request_id for each in requests)
    answer = yield from (repeated if again else once)(methods.BATCH_CREATE_ANALYSES, request)
    return list(answer.operations)


def get_operation(name: str) -> Flow[operations_pb2.Operation]:
    """An operation, "operations/{id}", as it stands. Raises NotFound."""
    return (yield from repeated(methods.GET_OPERATION, operations_pb2.GetOperationRequest(name=name)))


def list_operations(*, done: bool | None = None) -> Stream[operations_pb2.Operation]:
    """Operations of the token's owner, newest first: those that are done, those that are not, or all."""
    wanted = "" if done is None else f"done={str(done).lower()}"
    request = operations_pb2.ListOperationsRequest(name="operations", page_size=PAGE_SIZE, filter=wanted)
    return (yield from paged(methods.LIST_OPERATIONS, request, lambda page: page.operations))


def delete_operation(name: str) -> Flow[None]:
    """Deletes an operation with the analysis that it makes, done or not; the file stays. Raises NotFound."""
    yield from once(methods.DELETE_OPERATION, operations_pb2.DeleteOperationRequest(name=name))


def cancel_operation(name: str) -> Flow[None]:
    """Stops an operation; one that has ended stays as it is. Raises NotFound."""
    yield from repeated(methods.CANCEL_OPERATION, operations_pb2.CancelOperationRequest(name=name))


def wait_operation(name: str, timeout: timedelta | None = None) -> Flow[Analysis]:
    """The finished analysis.

    Raises:
        DeadlineExceeded: it is not done within `timeout`; the work goes on. NotFound.
        TelltaleError: what the analysis ended with.
    """
    left_s = timeout.total_seconds() if timeout is not None else None
    while True:
        slice_s = _LONGEST_WAIT_S if left_s is None else min(max(left_s, 0.0), _LONGEST_WAIT_S)
        request = operation_service_pb2.WaitOperationRequest(name=name, timeout=duration(timedelta(seconds=slice_s)))
        operation = yield from repeated(methods.WAIT_OPERATION, request, slice_s + _GRACE_S)
        if operation.done:
            return result_of(operation)
        if left_s is not None and left_s <= slice_s:
            raise DeadlineExceeded(f"{name} is not done yet; the work goes on, so wait or watch again")
        left_s = None if left_s is None else left_s - slice_s


def watch_operation(name: str) -> Stream[operations_pb2.Operation]:
    """The operation at every step; the last one is done. A connection that breaks is opened again. Raises NotFound."""
    request, attempt, done = operation_service_pb2.WatchOperationRequest(name=name), 0, False
    while not done:
        try:
            stream = yield Open(methods.WATCH_OPERATION, request)
            while (operation := (yield Next(stream))) is not None:
                attempt, done = 0, operation.done
                yield Emit(operation)
            if not done:
                raise Unavailable(f"the watch of {name} ended before the work")
        except TelltaleError as error:
            attempt += 1
            yield Rest(error, attempt, again=True)


def result_of(operation: operations_pb2.Operation) -> Analysis:
    """The analysis of an operation that is done. Raises what it ended with."""
    if operation.HasField("error"):
        raise from_status(operation.error)
    analysis = Analysis()
    operation.response.Unpack(analysis)
    return ended(analysis)
