"""Which resources a call touches: read out of its request by the contract, so that no method can forget to tell.

What a call makes or deletes is named in its answer, which is there only after the call has ended; methods that make or delete
hand their answer to `gateway.door.access.Call.made`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message

from kit.rpc.aio_server import AioServiceBinding

# By name as well as by value: a name for the file is the caller's own text, and may look like anything.
_FIELDS = frozenset({"name", "parent", "media", "analysis", "deleted"})
# A map is a part of its analysis. Its cue is a text of the caller's, so it stays out.
_NAME = re.compile(
    r"((?:media|analyses|operations|contributions)/[a-z0-9]{26}(?:/feedback|/shares/[a-z0-9]{26})?)(?:/maps/[a-z0-9_]+)?"
)
_named: ContextVar[tuple[str, ...]] = ContextVar("named", default=())


class Noted:
    """Has the methods of a servicer; each one notes what its request names before it begins. Made by `noting`."""


def noting(service: AioServiceBinding) -> AioServiceBinding:
    """The same service; inside of its methods `named_by_request` tells what was asked for."""
    noted = Noted()
    for method in service.descriptor.methods:
        setattr(noted, method.name, _noting(getattr(service.servicer, method.name), method))
    return replace(service, servicer=noted)


def named_by_request() -> tuple[str, ...]:
    """Names in the request of the call that this is a part of."""
    return _named.get()


def names_in(message: Message, depth: int = 1) -> Iterator[str]:
    """Names of resources in a message and, `depth` levels deep, in the messages in it."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else (value,)
        if field.message_type is not None:
            if depth and not field.message_type.GetOptions().map_entry:
                for child in values:
                    yield from names_in(child, depth - 1)
        elif field.name in _FIELDS and field.type == FieldDescriptor.TYPE_STRING:
            yield from known_names(values)


def collection_of(method: MethodDescriptor) -> tuple[str, ...]:
    """What a method lists, e.g. "media/-" ("-" for any, as in AIP-159); nothing for one that lists not."""
    fields = method.input_type.fields_by_name
    if "page_token" not in fields:
        return ()
    lists = (field.name for field in method.output_type.fields if field.is_repeated and field.message_type is not None)
    return tuple(f"{name}/-" for name in lists)


def known_names(values: Iterable[str]) -> Iterator[str]:
    """Those that are names of resources, maps as the analyses that they are a part of."""
    for value in values:
        if found := _NAME.fullmatch(value):
            yield found[1]


def _noting(method: Callable[[Any, Any], Any], descriptor: MethodDescriptor) -> Callable[[Any, Any], Any]:
    collection = collection_of(descriptor)

    def noted(request: Any, context: Any) -> Any:
        # The pieces of an upload name nothing; an iterator of them is not looked into.
        _named.set((*names_in(request), *collection) if isinstance(request, Message) else ())
        return method(request, context)

    return noted
