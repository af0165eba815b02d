"""Messages out of chance: of the right shape with odd values, with the right values here and there, or damaged on the wire."""

from __future__ import annotations

import random
import re
import string
import uuid
from typing import Any

from buf.validate import validate_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tests.support.fuzzing.names import Names

_DEPTH = 4
_ID_LETTERS = string.digits + string.ascii_lowercase
_TEXTS = (
    "", " ", "0", "null", "x", "../../etc/passwd", "..\\..\\x", "'; DROP TABLE media; --", "%00%0a", "\0", "a\nb", "-1", "1e999",
    "\u202egnp.exe", "é" * 40, "\U0001f600", "\ufeff", "{{7*7}}", "${jndi:ldap://x}", "<script>alert(1)</script>", "a/b/c/d",
    "media/", "analyses/-", "en", "de-DE", "x-klingon", "https://hooks.example.org/x", "http://169.254.169.254/latest/", "NaN",
    "A" * 201, "a" * 5000,
)  # fmt: skip
_INTEGERS = (0, 1, -1, 2, 50, 200, 201, 2**31 - 1, -(2**31), 2**31, 2**32 - 1, 2**63 - 1, -(2**63), 2**64 - 1)
_REALS = (0.0, -0.0, 1.0, 1e308, -1e308, 5e-324, float("inf"), float("-inf"), float("nan"))
_BITS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_ENUM: (-(2**31), 2**31 - 1),
}


def filled(kind: type[Message], names: Names, chance: random.Random, wildness: float) -> Message:
    """A message of a kind; `wildness` is the share of values that are odd, [0, 1]."""
    message = kind()
    _fill(message, names, chance, wildness, _DEPTH)
    return message


def _fill(message: Message, names: Names, chance: random.Random, wildness: float, depth: int) -> None:
    for field in message.DESCRIPTOR.fields:
        if chance.random() < (0.5 if field.name not in names.FIELDS else wildness / 3):
            continue
        if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            if depth:
                _fill_message(message, field, names, chance, wildness, depth - 1)
        elif field.is_repeated:
            count = chance.choice((1, 2, 3, 40 if chance.random() < wildness else 1))
            getattr(message, field.name).extend(_value(field, names, chance, wildness) for _ in range(count))
        else:
            setattr(message, field.name, _value(field, names, chance, wildness))


def _fill_message(
    message: Message, field: FieldDescriptor, names: Names, chance: random.Random, wildness: float, depth: int
) -> None:
    held: Any = getattr(message, field.name)
    if field.message_type.GetOptions().map_entry:
        return  # No request of ours has one.
    if not field.is_repeated:
        held.SetInParent()
        _fill(held, names, chance, wildness, depth)
        return
    for _ in range(chance.choice((1, 2, 120 if chance.random() < wildness / 4 else 1))):
        _fill(held.add(), names, chance, wildness, depth)


def _value(field: FieldDescriptor, names: Names, chance: random.Random, wildness: float) -> Any:
    wild = chance.random() < wildness
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_BYTES:
            return chance.randbytes(chance.choice((0, 1, 100, 5000)))
        case FieldDescriptor.CPPTYPE_STRING:
            return _text(field, names, chance, wild=wild)
        case FieldDescriptor.CPPTYPE_BOOL:
            return chance.random() < 0.5
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return chance.choice(_REALS)
        case FieldDescriptor.CPPTYPE_ENUM if not wild:
            return chance.choice(field.enum_type.values[1:]).number
        case kind:
            return _integer(field.name, _BITS[kind], chance, wild=wild)


def _integer(field: str, bounds: tuple[int, int], chance: random.Random, *, wild: bool) -> int:
    if not wild:
        return chance.choice({"seconds": (60, 600), "nanos": (0,)}.get(field, (0, 1, 10, 100)))
    return max(bounds[0], min(bounds[1], chance.choice((*_INTEGERS, chance.randint(*bounds)))))


def _text(field: FieldDescriptor, names: Names, chance: random.Random, *, wild: bool) -> str:
    if wild:
        return chance.choice((*_TEXTS, "".join(chance.choices(string.printable, k=chance.randint(1, 60)))))
    if field.name == "request_id":
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))
    known = names.known(field)
    if known and chance.random() < 0.9:
        return chance.choice(known)
    # The beginning of a pattern is what names of this kind begin with: "^media/[a-z0-9]{26}$".
    beginning = re.match(r"\^([a-z]+/)", field.GetOptions().Extensions[validate_pb2.field].string.pattern)
    prefix = beginning[1] if beginning else ""
    return prefix + "".join(chance.choices(_ID_LETTERS, k=43 if field.name == "secret" else 26))
