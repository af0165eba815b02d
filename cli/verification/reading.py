"""Reading a document that may be anything: too long, too deep, not JSON, of a newer version."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import protovalidate
from google.protobuf import json_format
from google.protobuf.message import Message

from kit.errors import InvalidRequest, MediaTooLarge, NotFound
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2

MAX_BYTES = 32 * 2**20
"""The gateway sends no longer ones."""
_DEPTH = 32
_BROKEN_RULES = (protovalidate.ValidationError, protovalidate.EvaluationError)


class NoDocument(InvalidRequest):
    """The bytes are neither a report nor a receipt."""


Document: TypeAlias = report_pb2.SignedReport | resources_pb2.DeletionReceipt


@dataclass(frozen=True)
class Read:
    """A document and the bytes that it was read from."""

    raw: bytes
    document: Document


def read_document(path: Path) -> Read:
    """Reads a report or a receipt.

    Raises:
        NotFound, InvalidRequest: no such file, or it cannot be read. MediaTooLarge: longer than any report.
        NoDocument: it is neither a report nor a receipt, or one that was damaged.
    """
    raw = _bytes(path)
    try:
        found = _content(json.loads(raw.decode("utf-8"), object_pairs_hook=_each_name_once))
        document = _empty(found)
        json_format.ParseDict(found, document, max_recursion_depth=_DEPTH)
        protovalidate.validate(document)
    # A number of thousands of digits is a ValueError, and so is bad UTF-8; a rule gives up on a list without end.
    except (json_format.ParseError, ValueError, RecursionError, OverflowError, *_BROKEN_RULES) as error:
        raise NoDocument(f"neither a report nor a receipt of ours, or a damaged one: {_brief(error)}") from error
    return Read(raw, document)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(f"{path} does not exist; check the name") from error
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise MediaTooLarge(f"{path} has more than {MAX_BYTES} bytes, which no report has; check which file it is")
    return raw


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Of two values under one name a reader might see one and a program check the other: ValueError."""
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return content


def _content(found: object) -> dict[str, Any]:
    """What was handed out: a receipt may still lie in the answer that brought it. Raises ValueError."""
    content = found["receipt"] if isinstance(found, dict) and "receipt" in found else found
    if not isinstance(found, dict) or not isinstance(content, dict):
        raise ValueError("it holds neither a report nor a receipt")
    # The answer around a receipt is not signed: it may repeat what the receipt says, and nothing else.
    if content is not found and not found.items() <= {"receipt": content, "deleted": content.get("deleted")}.items():
        raise ValueError("around the receipt stands what the receipt does not say")
    return content


def _empty(content: dict[str, Any]) -> Document:
    if "report" in content:
        return report_pb2.SignedReport()
    if "deleted" in content:
        return resources_pb2.DeletionReceipt()
    raise ValueError("it holds neither a report nor a receipt")


def _brief(error: Exception) -> str:
    """The first words of what a library says, in signs that a terminal only shows."""
    text = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
    return safe(text)


def safe(text: str, longest: int = 160) -> str:
    """A stranger's text on one line, with neither control nor format characters."""
    shown = "".join(sign if sign.isprintable() else "�" for sign in text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def same(one: Message, other: Message) -> bool:
    """Whether two messages hold the same, NaN included."""
    return one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True)
