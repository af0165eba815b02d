from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from kit.errors import DecoderStopped
from kit.media.exchange import Request, read_answer, read_request, write_answer, write_request


@pytest.fixture
def descriptor() -> Iterator[int]:
    opened = write_request(Request("a.b:c", {"x": 1}))
    yield opened
    os.close(opened)


def write_header(descriptor: int, header: Any, behind: bytes = b"") -> None:
    body = json.dumps(header).encode()
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, len(body).to_bytes(8, "little") + body, 0)
    os.pwrite(descriptor, behind, -(-(8 + len(body)) // 64) * 64)


def test_a_request_is_read_once_and_makes_room(descriptor: int) -> None:
    assert read_request(descriptor) == Request("a.b:c", {"x": 1})
    assert os.fstat(descriptor).st_size == 0


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "int64", "float32", "float64"])
def test_arrays_keep_values_dtype_and_shape(descriptor: int, dtype: str) -> None:
    turned = np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1).astype(dtype)
    read_request(descriptor)
    write_answer(descriptor, {"values": {}}, {"first": turned, "second": turned[0]}, 1 << 20)
    arrays = read_answer(descriptor, 1 << 20).arrays
    assert (arrays["first"].dtype, arrays["second"].dtype) == (turned.dtype, turned.dtype)
    np.testing.assert_array_equal(arrays["first"], turned)
    np.testing.assert_array_equal(arrays["second"], turned[0])


def entry(**changes: Any) -> dict[str, Any]:
    return {"name": "a", "dtype": "uint8", "shape": [2], **changes}


@pytest.mark.parametrize(
    "announced",
    [
        None,
        {},
        ["a"],
        [entry(dtype="object")],
        [entry(dtype="bool")],
        [entry(dtype=">f8")],
        [entry(name="../a")],
        [entry(name=1)],
        [entry(shape=[-1])],
        [entry(shape=[1.5])],
        [entry(shape=[True])],
        [entry(shape="22")],
        [entry(shape=[65])],
        [entry(shape=[2**31])],
        [entry(shape=[2**30, 2**30, 2**30])],
        [entry(shape=[1] * 6)],
        [entry(), entry()],
        [entry(name=f"a{number}", shape=[0]) for number in range(65)],
    ],
)
def test_arrays_that_cannot_be_are_refused(descriptor: int, announced: Any) -> None:
    write_header(descriptor, {"values": {}, "arrays": announced}, bytes(64))
    with pytest.raises(DecoderStopped):
        read_answer(descriptor, 1 << 20)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"values": NaN}', b"[" * 100_000, b"\xff\xfe"])
def test_headers_that_are_no_json_object_are_refused(descriptor: int, body: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, len(body).to_bytes(8, "little") + body, 0)
    with pytest.raises(DecoderStopped):
        read_answer(descriptor, 1 << 20)


@pytest.mark.parametrize("announced_bytes", [0, 57, 2**40, 2**64 - 1])
def test_a_header_longer_than_the_answer_is_refused(descriptor: int, announced_bytes: int) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, announced_bytes.to_bytes(8, "little") + bytes(56), 0)
    with pytest.raises(DecoderStopped):
        read_answer(descriptor, 1 << 20)


def test_an_answer_above_the_limit_is_neither_written_nor_read(descriptor: int) -> None:
    with pytest.raises(DecoderStopped):
        write_answer(descriptor, {}, {"a": np.zeros(2_000, np.uint8)}, 1_000)
    os.ftruncate(descriptor, 2_000)
    with pytest.raises(DecoderStopped):
        read_answer(descriptor, 1_000)


def test_an_answer_that_somebody_can_still_change_is_refused(descriptor: int) -> None:
    write_header(descriptor, {"values": {}, "arrays": []})
    with mmap.mmap(descriptor, 0), pytest.raises(DecoderStopped, match="changed"):
        read_answer(descriptor, 1 << 20)


def test_an_answer_cannot_be_changed_after_it_was_read(descriptor: int) -> None:
    write_header(descriptor, {"values": {}, "arrays": []})
    read_answer(descriptor, 1 << 20)
    with pytest.raises(PermissionError):
        os.pwrite(descriptor, b"x", 0)
