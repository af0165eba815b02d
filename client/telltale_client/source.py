"""Where the bytes of an upload come from: a path, bytes, or an open file."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from google.api import httpbody_pb2
from google.protobuf.message import Message

from telltale_client.effects import Pieces
from telltale_client.errors import InvalidArgument

Source: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO
"""A path, the bytes themselves, or a file that was opened for binary reading."""

_CHUNK_BYTES = 2**20
_NAME_LENGTH = 200


def name_of(source: Source) -> str:
    """A name to show: that of the file, without its folder; empty where there is none."""
    named = getattr(source, "name", "") if isinstance(source, io.IOBase) else source
    name = Path(named).name[-_NAME_LENGTH:] if isinstance(named, str | os.PathLike) else ""
    return name.encode("utf-8", "replace").decode()  # names of files need not be UTF-8, texts of messages must


def pieces_of(source: Source, request_type: Callable[..., Message], content_type: str, **first: Any) -> Pieces:
    """The messages of an upload; `first` are fields of the first one. An empty file is one message without bytes.

    Raises:
        OSError: the file cannot be read. InvalidArgument: an open file that cannot be read from its beginning again.
    """
    rewound = _rewound(source)
    rewound().close()  # so that a file that is missing is told now, and not by the thread that sends

    def pieces() -> Iterator[Message]:
        with rewound() as file:
            head: dict[str, Any] = first
            body = httpbody_pb2.HttpBody(data=file.read(_CHUNK_BYTES), content_type=content_type)
            while body.data or head:
                yield request_type(file=body, **head)
                head = {}
                body = httpbody_pb2.HttpBody(data=file.read(_CHUNK_BYTES))

    return pieces


def _rewound(source: Source) -> Callable[[], Any]:
    """Opens the source at its beginning."""
    if isinstance(source, bytes | bytearray | memoryview):
        return lambda: io.BytesIO(source)
    if isinstance(source, str | os.PathLike):
        return lambda: Path(source).open("rb")
    if not source.seekable():
        raise InvalidArgument("the file cannot be read twice, which trying again needs; give its path or its bytes")
    start = source.tell()
    return lambda: _Borrowed(source, start)


class _Borrowed:
    """Somebody else's file, read from where it stood; it stays open."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._start = start

    def __enter__(self) -> BinaryIO:
        self._file.seek(self._start)
        return self._file

    def __exit__(self, *_: object) -> None:
        """Leaves it open."""

    def close(self) -> None:
        """Leaves it open."""
