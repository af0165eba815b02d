"""HTTP/1.1 with a connection that is kept: the JPEG is the body, `{"probability": …}` the answer."""

from __future__ import annotations

import json
import re

from bench.serving.doors.door import Line

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_OK = b" 200 "
_BREAK = b"\r\n"
_BLANK = b"\r\n\r\n"


class RestDoor:
    """Posts to `/predict`."""

    def __init__(self, port: int) -> None:
        self._line = Line.to(port)

    def ask(self, request: bytes) -> bytes:
        """See `Door`."""
        self._line.connection.sendall(request)
        head = self._line.take_until(_BLANK)
        if _OK not in head[:16]:
            raise RuntimeError(f"no answer: {head!r}")
        length = _LENGTH.search(head)
        return self._line.take(int(length[1])) if length else self._chunks()

    def _chunks(self) -> bytes:
        """A body whose length was not said beforehand (RFC 9112, 7.1)."""
        body = b""
        while size := int(self._line.take_until(_BREAK), 16):
            body += self._line.take(size)
            self._line.take_until(_BREAK)
        self._line.take_until(_BREAK)
        return body

    def close(self) -> None:
        """See `Door`."""
        self._line.connection.close()


def rest_request(jpeg: bytes) -> bytes:
    """Head and body of a request."""
    head = (
        f"POST /predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: image/jpeg\r\ncontent-length: {len(jpeg)}\r\n\r\n"
    )
    return head.encode() + jpeg


def rest_probability(answer: bytes) -> float:
    """What an answer says."""
    return float(json.loads(answer)["probability"])
