"""Messages, enums and services of a descriptor set, each with the comment that stands above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from google.protobuf import descriptor_pb2

_MESSAGE, _ENUM, _SERVICE = 4, 5, 6  # numbers of FileDescriptorProto's fields, of which paths to comments are made
_FIELD, _NESTED, _NESTED_ENUM, _VALUE, _METHOD = 2, 3, 4, 2, 2


@dataclass(frozen=True)
class Message:
    """A message and what is said of it and of its fields."""

    name: str
    descriptor: descriptor_pb2.DescriptorProto
    comment: str
    field_comments: Sequence[str]


@dataclass(frozen=True)
class Enum:
    """An enum and what is said of it and of its values."""

    name: str
    descriptor: descriptor_pb2.EnumDescriptorProto
    comment: str
    value_comments: Sequence[str]


@dataclass(frozen=True)
class Method:
    """A call and what is said of it."""

    service: str
    descriptor: descriptor_pb2.MethodDescriptorProto
    comment: str


@dataclass
class Contracts:
    """Everything by its full name without the leading dot; services keep the order of their file."""

    messages: dict[str, Message] = field(default_factory=dict)
    enums: dict[str, Enum] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    methods: list[Method] = field(default_factory=list)


def read_contracts(files: descriptor_pb2.FileDescriptorSet) -> Contracts:
    """Reads a set that was made with its imports and with source info."""
    found = Contracts()
    for file in files.file:
        comments = {tuple(each.path): _text(each.leading_comments) for each in file.source_code_info.location}
        for index, message in enumerate(file.message_type):
            _add_message(found, comments, (_MESSAGE, index), file.package, message)
        for index, enum in enumerate(file.enum_type):
            _add_enum(found, comments, (_ENUM, index), file.package, enum)
        for index, service in enumerate(file.service):
            name, path = f"{file.package}.{service.name}", (_SERVICE, index)
            found.services[name] = comments.get(path, "")
            found.methods += [
                Method(name, method, comments.get((*path, _METHOD, place), ""))
                for place, method in enumerate(service.method)
            ]
    return found


Comments = dict[tuple[int, ...], str]


def _add_message(
    found: Contracts, comments: Comments, path: tuple[int, ...], parent: str, message: descriptor_pb2.DescriptorProto
) -> None:
    name = f"{parent}.{message.name}"
    found.messages[name] = Message(
        name,
        message,
        comments.get(path, ""),
        [comments.get((*path, _FIELD, index), "") for index in range(len(message.field))],
    )
    for index, nested in enumerate(message.nested_type):
        _add_message(found, comments, (*path, _NESTED, index), name, nested)
    for index, enum in enumerate(message.enum_type):
        _add_enum(found, comments, (*path, _NESTED_ENUM, index), name, enum)


def _add_enum(
    found: Contracts, comments: Comments, path: tuple[int, ...], parent: str, enum: descriptor_pb2.EnumDescriptorProto
) -> None:
    name = f"{parent}.{enum.name}"
    values = [comments.get((*path, _VALUE, index), "") for index in range(len(enum.value))]
    found.enums[name] = Enum(name, enum, comments.get(path, ""), values)


def _text(comment: str) -> str:
    """A comment as running text; empty lines part paragraphs."""
    return "\n\n".join(" ".join(lines) for lines in _paragraphs(comment))


def _paragraphs(comment: str) -> Iterator[list[str]]:
    for part in re.split(r"\n\s*\n", comment.strip()):
        if lines := [line.strip() for line in part.splitlines()]:
            yield lines
