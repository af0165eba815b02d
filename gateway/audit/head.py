"""Heads: how far the log went at one moment, signed, to be kept where who can change the database cannot reach.

Without one, somebody who can write into the database may cut the log off, or write it anew from the first entry: it would still
be a chain. A head is canonical JSON (`kit.sealing.canonical`) of `format`, `hash`, `sequence`, `signature` and `timeMs`; the
signature is over the same object without `signature`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import json_format

from kit.errors import InvalidRequest, NotFound
from kit.sealing.keys import SigningKey
from kit.sealing.signatures import check
from telltale.gateway.v1 import resources_pb2

FORMAT = "telltale-audit-head/1"
_MAX_BYTES = 1 << 16


@dataclass(frozen=True)
class Head:
    """The end of the log at one moment.

    Attributes:
        sequence: of the last entry; 0 of an empty log.
        digest: its hash.
        time_ms: when the head was made, milliseconds since 1970.
    """

    sequence: int
    digest: str
    time_ms: int

    def document(self) -> bytes:
        """What is signed."""
        return _canonical(self._content())

    def signed(self, key: SigningKey) -> bytes:
        """The file."""
        signature = json_format.MessageToDict(key.sign(self.document()))
        return _canonical({**self._content(), "signature": signature})

    def _content(self) -> dict[str, object]:
        return {"format": FORMAT, "hash": self.digest, "sequence": self.sequence, "timeMs": self.time_ms}


def read_head(path: Path) -> tuple[Head, resources_pb2.Signature]:
    """A head and the signature that it carries, which is of this content; whether to trust the key is for the caller to know.

    Raises:
        NotFound, InvalidRequest: no such file, or it holds no head. DigestMismatch: it was changed after it was signed.
    """
    try:
        with path.open("rb") as file:
            head, signature = _parsed(file.read(_MAX_BYTES))
    except FileNotFoundError as error:
        raise NotFound(f"{path} does not exist; `telltale audit head` makes one") from error
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}") from error
    check(signature, head.document())
    return head, signature


def _parsed(raw: bytes) -> tuple[Head, resources_pb2.Signature]:
    try:
        content = json.loads(raw)
        signature = json_format.ParseDict(content["signature"], resources_pb2.Signature())
        head = Head(int(content["sequence"]), str(content["hash"]), int(content["timeMs"]))
        known = content["format"] == FORMAT
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, json_format.ParseError) as error:
        raise InvalidRequest("the file holds no head of an audit log; `telltale audit head` makes one") from error
    if not known:
        raise InvalidRequest(f"the head is of another format than {FORMAT!r}, the one that is known here")
    return head, signature


def _canonical(content: dict[str, object]) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
