"""The guard: one wrapper around every method that a contract names, so that none can forget what all must do.

It checks each request against the contract's rules, refuses fields that this server does not know, turns a TelltaleError into
its status, and answers any other exception with one fixed sentence while the log keeps the traceback.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any, NoReturn

import grpc
import protovalidate
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from kit.errors import Cancelled, Internal, InvalidRequest, TelltaleError, UnknownField
from kit.log import get_logger
from kit.rpc.readable import Unreadable
from kit.rpc.status import abort, to_grpc
from kit.telemetry import tracing

FIXED_SENTENCE = "something failed on our side; the log holds the details under the request id"

Refuse = Callable[[MethodDescriptor, grpc.aio.ServicerContext, TelltaleError], Awaitable[NoReturn]]
"""Is told of a request that breaks its contract before a servicer has seen it; raises what is answered."""


class Guarded:
    """Has the methods of a servicer, each one guarded. Made by `guard` and `guard_aio`."""


def guard(servicer: object, descriptor: ServiceDescriptor) -> Any:
    """A servicer for `grpc.server` whose methods are those of `servicer`, guarded. Every method of the contract must exist."""
    return _wrap(servicer, descriptor, _guard_unary, _guard_stream)


def guard_aio(servicer: object, descriptor: ServiceDescriptor, refuse: Refuse | None = None) -> Any:
    """The same for `grpc.aio.server`: methods are coroutines, or asynchronous generators where the answer streams."""
    unary, stream = partial(_guard_unary_aio, refuse=refuse), partial(_guard_stream_aio, refuse=refuse)
    return _wrap(servicer, descriptor, unary, stream)


def check(message: Message | Unreadable) -> Message:
    """The message itself, when it keeps the rules of its contract.

    Raises:
        UnknownField: it holds fields, at any depth, that this server does not know.
        InvalidRequest: it could not be read, or breaks a rule; the sentence names field and rule.
    """
    if isinstance(message, Unreadable):
        raise InvalidRequest("the request cannot be read; send texts as UTF-8, and messages of our contract")
    _refuse_unknown_fields(message, message.DESCRIPTOR.name)
    try:
        protovalidate.validate(message)
    except protovalidate.ValidationError as error:
        problems = [_sentence(violation.proto) for violation in error.violations]
        raise InvalidRequest(f"{message.DESCRIPTOR.name}: {'; '.join(problems)}") from error
    except protovalidate.EvaluationError as error:
        raise InvalidRequest(f"{message.DESCRIPTOR.name} is too long to be checked; send less of it") from error
    return message


def _wrap(servicer: object, descriptor: ServiceDescriptor, unary: Any, stream: Any) -> Guarded:
    guarded = Guarded()
    for method in descriptor.methods:
        implementation = getattr(servicer, method.name)
        wrapper = stream if method.server_streaming else unary
        setattr(guarded, method.name, wrapper(implementation, method))
    return guarded


def _guard_unary(method: Callable[..., Message], contract: MethodDescriptor) -> Callable[..., Message]:
    def guarded(request: Any, context: grpc.ServicerContext) -> Message:
        try:
            return method(_checked(request, contract.client_streaming), context)
        except Exception as error:  # The one place where a thread's last resort belongs.
            abort(context, _answerable(error))

    return guarded


def _guard_stream(
    method: Callable[..., Iterator[Message]], contract: MethodDescriptor
) -> Callable[..., Iterator[Message]]:
    def guarded(request: Any, context: grpc.ServicerContext) -> Iterator[Message]:
        try:
            yield from method(_checked(request, contract.client_streaming), context)
        except Exception as error:  # As above.
            abort(context, _answerable(error))

    return guarded


def _guard_unary_aio(
    method: Callable[..., Awaitable[Message]], contract: MethodDescriptor, refuse: Refuse | None
) -> Callable[..., Awaitable[Message]]:
    async def guarded(request: Any, context: grpc.aio.ServicerContext) -> Message:
        try:
            return await method(await _accepted(request, contract, context, refuse), context)
        except Exception as error:  # As above.
            await _abort_aio(context, error)

    return guarded


def _guard_stream_aio(
    method: Callable[..., AsyncIterator[Message]], contract: MethodDescriptor, refuse: Refuse | None
) -> Callable[..., AsyncIterator[Message]]:
    async def guarded(request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Message]:
        try:
            async for response in method(await _accepted(request, contract, context, refuse), context):
                yield response
        except Exception as error:  # As above.
            await _abort_aio(context, error)

    return guarded


async def _abort_aio(context: grpc.aio.ServicerContext, error: Exception) -> NoReturn:
    status = to_grpc(_answerable(error))
    # abort_with_status is missing from grpc.aio: the same three parts are given one by one.
    await context.abort(status.code, status.details, (*(status.trailing_metadata or ()), *tracing.answer_headers()))
    raise AssertionError("grpc's abort always raises")


def _checked(request: Any, streams_in: bool) -> Any:
    return (check(message) for message in request) if streams_in else check(request)


async def _accepted(
    request: Any, contract: MethodDescriptor, context: grpc.aio.ServicerContext, refuse: Refuse | None
) -> Any:
    if contract.client_streaming:
        return _each_checked(request)
    try:
        return check(request)
    except TelltaleError as error:
        if refuse is not None:
            await refuse(contract, context, error)
        raise


async def _each_checked(requests: Any) -> AsyncIterator[Message]:
    async for message in requests:
        yield check(message)


def _answerable(error: Exception) -> TelltaleError:
    if isinstance(error, TelltaleError):
        return error
    if isinstance(error, grpc.RpcError):
        # Reading from a caller who went away raises this; nobody is left to read the answer.
        return Cancelled("the caller went away before the request was complete")
    get_logger().error("a servicer method failed", exc_info=error)
    return Internal(FIXED_SENTENCE)


def _refuse_unknown_fields(message: Message, path: str) -> None:
    unknown = list(UnknownFieldSet(message))  # type: ignore[call-overload]
    if unknown:
        numbers = ", ".join(str(field.field_number) for field in unknown)
        raise UnknownField(
            f"{path} holds fields that this server does not know (numbers {numbers}); use its own contract"
        )
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for index, child in enumerate(value if field.is_repeated else [value]):
            _refuse_unknown_fields(child, f"{path}.{field.name}" + (f"[{index}]" if field.is_repeated else ""))


def _sentence(violation: Any) -> str:
    names = [element.field_name for element in violation.field.elements] if violation.field is not None else []
    return f"{'.'.join(names) or 'the message'} {violation.message or violation.rule_id}"
