"""Reading what others wrote: every document is bounded, parsed strictly and held against the rules of its contract."""

from __future__ import annotations

from typing import TypeVar

import protovalidate
from google.protobuf import json_format
from google.protobuf.message import Message

from kit.errors import ModelInvalid

AnyMessage = TypeVar("AnyMessage", bound=Message)


def parsed(raw: bytes, message: AnyMessage, what: str) -> AnyMessage:
    """`message`, filled from its JSON. Raises ModelInvalid: not JSON, not this message, nested too deep, or against its rules."""
    try:
        json_format.Parse(raw.decode("utf-8"), message)
        protovalidate.validate(message)
    except (UnicodeDecodeError, json_format.ParseError, protovalidate.ValidationError, RecursionError) as error:
        raise ModelInvalid(f"{what} is not valid: {str(error)[:300]}; find out who wrote it") from error
    return message
