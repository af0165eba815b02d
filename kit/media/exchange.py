"""What the sandbox's two sides tell each other through one memory file: a JSON request in, JSON and raw arrays out.

Layout of an answer: header length (8 bytes, little-endian), header (JSON), then the arrays, each at a multiple of 64
bytes, in the order in which the header lists them. The reader trusts nothing in it: whoever wrote it may be a decoder
that was taken over.
"""

from __future__ import annotations

import fcntl
import json
import math
import mmap
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from kit.errors import DecoderStopped

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
Array: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.generic]]"

_ALIGNMENT = 64
_LENGTH_BYTES = 8
_MAX_HEADER_BYTES = 4 * 2**20
_MAX_DIMENSIONS = 5
_MAX_ARRAYS = 64
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DTYPES = {name: np.dtype(name) for name in ("uint8", "int16", "uint16", "int32", "int64", "float32", "float64")}
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


@dataclass(frozen=True)
class Request:
    """The function to run ("package.module:function") and what to give it."""

    task: str
    arguments: Mapping[str, Json]


@dataclass(frozen=True)
class Answer:
    """Header of the child's answer and the arrays that it announced, read-only."""

    header: Mapping[str, Json]
    arrays: Mapping[str, Array]


def write_request(request: Request) -> int:
    """A new memory file that holds the request. The caller closes it."""
    descriptor = os.memfd_create("exchange", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    body = json.dumps({"task": request.task, "arguments": dict(request.arguments)}).encode()
    _write(descriptor, memoryview(body), 0)
    return descriptor


def read_request(descriptor: int) -> Request:
    """The request that `write_request` left. Empties the file, to make room for the answer."""
    body = json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
    os.ftruncate(descriptor, 0)
    return Request(task=body["task"], arguments=body["arguments"])


def write_answer(descriptor: int, header: Mapping[str, Json], arrays: Mapping[str, Array], max_bytes: int) -> None:
    """Write header and arrays, C-contiguous; called by the child. Raises DecoderStopped above `max_bytes`."""
    announced = [
        {"name": name, "dtype": array.dtype.name, "shape": list(array.shape)} for name, array in arrays.items()
    ]
    body = json.dumps({**header, "arrays": announced}).encode()
    total_bytes = _LENGTH_BYTES + len(body) + sum(array.nbytes + _ALIGNMENT for array in arrays.values())
    if total_bytes > max_bytes:
        raise DecoderStopped(
            f"What was decoded takes more than {max_bytes} bytes. Send a smaller picture or a shorter file.",
            limit="answer",
        )
    _write(descriptor, memoryview(len(body).to_bytes(_LENGTH_BYTES, "little") + body), 0)
    offset = _aligned(_LENGTH_BYTES + len(body))
    for array in arrays.values():
        if array.nbytes:
            _write(descriptor, np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, offset)
        offset = _aligned(offset + array.nbytes)


def read_answer(descriptor: int, max_bytes: int) -> Answer:
    """Check and map what the child wrote, once the child is dead. Raises DecoderStopped if anything in it is off."""
    _seal(descriptor)
    size_bytes = os.fstat(descriptor).st_size
    if not _LENGTH_BYTES < size_bytes <= max_bytes:
        raise _malformed(f"it is {size_bytes} bytes long")
    view = mmap.mmap(descriptor, size_bytes, access=mmap.ACCESS_READ)
    header_end = _LENGTH_BYTES + int.from_bytes(view[:_LENGTH_BYTES], "little")
    if not _LENGTH_BYTES < header_end <= min(size_bytes, _MAX_HEADER_BYTES):
        raise _malformed("its header is longer than the whole")
    header = _parse(view[_LENGTH_BYTES:header_end])
    announced = header.pop("arrays", None)
    if not isinstance(announced, list) or len(announced) > _MAX_ARRAYS:
        raise _malformed("it does not list its arrays")
    return Answer(header, _map_arrays(view, _aligned(header_end), announced))


def _parse(body: bytes) -> dict[str, Json]:
    try:
        header = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _malformed("its header is no JSON") from error
    if not isinstance(header, dict):
        raise _malformed("its header is no JSON object")
    return header


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _map_arrays(view: mmap.mmap, offset: int, announced: list[Json]) -> dict[str, Array]:
    arrays: dict[str, Array] = {}
    for entry in announced:
        name, dtype, shape = _checked(entry)
        count = math.prod(shape)
        ends = offset + count * dtype.itemsize
        if name in arrays or (count and ends > len(view)):
            raise _malformed(f"array {name!r} is announced twice or longer than the answer")
        arrays[name] = np.frombuffer(view, dtype, count, offset if count else 0).reshape(shape)
        offset = _aligned(ends)
    return arrays


def _checked(entry: Json) -> tuple[str, np.dtype[np.generic], list[int]]:
    match entry:
        case {"name": str(name), "dtype": str(dtype), "shape": list(shape)}:
            sides = [side for side in shape if type(side) is int and 0 <= side < 2**31]
            if _NAME.fullmatch(name) and dtype in _DTYPES and len(sides) == len(shape) <= _MAX_DIMENSIONS:
                return name, _DTYPES[dtype], sides
    raise _malformed("an array has no valid name, dtype or shape")


def _seal(descriptor: int) -> None:
    try:
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
    except OSError as error:  # a writable mapping is still alive, or the child sealed it first
        raise _malformed("it can still be changed") from error


def _write(descriptor: int, data: memoryview, offset: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _malformed(what: str) -> DecoderStopped:
    return DecoderStopped(
        f"The decoder's answer cannot be trusted: {what}. The file looks made to attack decoders; do not open it.",
        limit="answer",
    )
