"""Python's values as the contract has them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from google.protobuf.duration_pb2 import Duration

from telltale_client.errors import InvalidArgument

Depth: TypeAlias = Literal["quick", "standard", "thorough"]
Retention: TypeAlias = Literal["standard", "none"]
Priority: TypeAlias = Literal["interactive", "normal", "batch"]
ReportFormat: TypeAlias = Literal["json", "html", "pdf"]
Truth: TypeAlias = Literal["authentic", "manipulated"]


def enum_value(enum: Any, prefix: str, given: str | int) -> Any:
    """The value of an enum by its name without the prefix, in any case ("quick"), or the value itself.

    Raises:
        InvalidArgument: there is no such name.
    """
    if isinstance(given, int):
        return given
    name = f"{prefix}_{given.upper()}"
    if name not in enum.keys():  # noqa: SIM118 - an EnumTypeWrapper is no mapping
        known = ", ".join(each.removeprefix(f"{prefix}_").lower() for each in enum.keys()[1:])
        raise InvalidArgument(f"{given!r} is none of: {known}", reason="INVALID_REQUEST")
    return enum.Value(name)


def duration(given: timedelta | None) -> Duration | None:
    """The contract's duration; None stays None."""
    if given is None:
        return None
    made = Duration()
    made.FromTimedelta(given)
    return made


def new_key() -> str:
    """A new idempotency key."""
    return str(uuid.uuid4())


def name_in(resource: object) -> str:
    """The name of a resource that was given as its name or as itself."""
    return resource if isinstance(resource, str) else str(getattr(resource, "name", ""))
