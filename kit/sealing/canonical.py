"""The one way to write a message as JSON, so that equal messages are equal bytes.

Canonical JSON of a protobuf message is its ProtoJSON (https://protobuf.dev/programming-guides/json/) with lowerCamelCase names,
written so:

- keys in order of their code points, no blanks between tokens, no line end at the end;
- UTF-8; of the characters only `"`, `\\` and the control characters below U+0020 are escaped, in their shortest form;
- numbers as the shortest digits that read back as the same number (Python's `repr`, "-0.0" included), 64-bit integers as strings;
- bytes as padded base64 (RFC 4648, section 4), enumerations by name, times and durations as ProtoJSON has them;
- fields at their default are left out, so a document stays canonical when the contract gains fields.

A part of a document is written as it would be alone: what is signed stands in the file byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message

AnyMessage = TypeVar("AnyMessage", bound=Message)


def canonical_json(message: Message, *, without: Iterable[str] = ()) -> bytes:
    """`message` as canonical JSON; `without` names fields of it (as in the proto) that are left out."""
    shown = type(message)()
    shown.CopyFrom(message)
    for field in without:
        shown.ClearField(field)
    document = json_format.MessageToDict(shown)
    return json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
