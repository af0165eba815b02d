"""gRPC: unary calls, one at a time, of the Open Inference Protocol's `ModelInfer` over HTTP/2 (RFC 9113).

Headers are sent as literals (RFC 7541, 6.2.2), so nothing has to be remembered; those of answers are not read: a call that failed
has no message, and that is noticed.
"""

from __future__ import annotations

import struct
from typing import Final

from inference import open_inference_service_pb2 as oip

from bench.serving.doors.door import Line

_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GOAWAY, _WINDOW = 0, 1, 3, 4, 6, 7, 8
_END, _ACK, _WHOLE = 0x1, 0x1, 0x4
_INITIAL_WINDOW, _MAX_FRAME = 4, 5
_FIRST_WINDOW, _FIRST_FRAME = 65_535, 16_384
_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_METHOD: Final = b"/inference.GRPCInferenceService/ModelInfer"


class GrpcDoor:
    """Calls `ModelInfer`."""

    def __init__(self, port: int) -> None:
        self._line = Line.to(port)
        self._stream = -1
        self._first_window = self._whole_window = self._window = _FIRST_WINDOW
        self._max_frame = _FIRST_FRAME
        self._message = bytearray()
        # Answers are short: one update of the connection's window is enough for all of them.
        more = _frame(_WINDOW, 0, 0, struct.pack(">I", 2**31 - 1 - _FIRST_WINDOW))
        self._line.connection.sendall(_PREFACE + _frame(_SETTINGS, 0, 0, b"") + more)

    def ask(self, request: bytes) -> bytes:
        """See `Door`."""
        self._stream += 2
        self._window = self._first_window
        self._message.clear()
        self._line.connection.sendall(_frame(_HEADERS, _WHOLE, self._stream, _FIELDS))
        self._send(memoryview(request))
        while not self._read():
            pass
        if not self._message:
            raise RuntimeError("the call failed; the server's log says why")
        return bytes(self._message[5:])

    def close(self) -> None:
        """See `Door`."""
        self._line.connection.close()

    def _send(self, request: memoryview) -> None:
        """As much as the server has room for at a time."""
        while request:
            room = min(self._window, self._whole_window)
            if room <= 0:
                if self._read():
                    raise RuntimeError("the call ended before all of it was sent")
                continue
            request = self._send_some(request, room)

    def _send_some(self, request: memoryview, room: int) -> memoryview:
        now, pieces = request[:room], []
        for start in range(0, len(now), self._max_frame):
            piece = now[start : start + self._max_frame]
            ends = start + len(piece) == len(request)
            pieces += [_head(len(piece), _DATA, _END if ends else 0, self._stream), piece]
        self._line.connection.sendall(b"".join(pieces))
        self._window -= len(now)
        self._whole_window -= len(now)
        return request[len(now) :]

    def _read(self) -> bool:
        """One frame; whether the call is over with it. Raises RuntimeError when the server gives up."""
        head = self._line.take(9)
        length, kind, flags = int.from_bytes(head[:3]), head[3], head[4]
        stream, content = int.from_bytes(head[5:]) & 0x7FFFFFFF, self._line.take(length)
        if kind == _GOAWAY or (kind == _RESET and stream == self._stream):
            raise RuntimeError(f"the server broke the call off: {content!r}")
        if kind == _SETTINGS and not flags & _ACK:
            self._set(content)
        if kind == _PING and not flags & _ACK:
            self._line.connection.sendall(_frame(_PING, _ACK, 0, content))
        if kind == _WINDOW:
            self._widen(stream, int.from_bytes(content))
        if kind == _DATA:
            self._message += content
        return kind in (_DATA, _HEADERS) and bool(flags & _END)

    def _widen(self, stream: int, more: int) -> None:
        if stream == 0:
            self._whole_window += more
        elif stream == self._stream:
            self._window += more

    def _set(self, content: bytes) -> None:
        for name, value in struct.iter_unpack(">HI", content):
            if name == _INITIAL_WINDOW:
                self._window += value - self._first_window
                self._first_window = value
            elif name == _MAX_FRAME:
                self._max_frame = value
        self._line.connection.sendall(_frame(_SETTINGS, _ACK, 0, b""))


def grpc_request(jpeg: bytes) -> bytes:
    """A message as it travels: one element in the tensor `jpeg` of the model `work`."""
    request = oip.ModelInferRequest(model_name="work")
    request.inputs.add(name="jpeg", datatype="BYTES", shape=[1])
    request.raw_input_contents.append(struct.pack("<I", len(jpeg)) + jpeg)
    message = request.SerializeToString()
    return struct.pack(">BI", 0, len(message)) + message


def grpc_probability(answer: bytes) -> float:
    """What an answer says, raw or as a list."""
    response = oip.ModelInferResponse.FromString(answer)
    if response.raw_output_contents:
        return float(struct.unpack("<f", response.raw_output_contents[0])[0])
    return float(response.outputs[0].contents.fp32_contents[0])


def _frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    return _head(len(content), kind, flags, stream) + content


def _head(length: int, kind: int, flags: int, stream: int) -> bytes:
    return struct.pack(">I", length)[1:] + struct.pack(">BBI", kind, flags, stream)


def _text(value: bytes) -> bytes:
    return bytes([len(value)]) + value


# Of the static table: 3 is POST, 6 http, 4 the path, 1 the authority, 31 the type of the content.
_FIELDS: Final = (
    b"\x83\x86\x04" + _text(_METHOD) + b"\x01" + _text(b"127.0.0.1") + b"\x0f\x10" + _text(b"application/grpc")
    + b"\x00" + _text(b"te") + _text(b"trailers")
)  # fmt: skip
