from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from inference.open_inference_service_pb2 import InferTensorContents

from kit.convert.tensors import DTYPES, datatype, elements, from_contents, from_raw, is_typed, to_contents, to_raw
from kit.errors import InvalidRequest

SHAPES = npst.array_shapes(max_dims=5, max_side=5)
NUMBERS = sorted(set(DTYPES) - {"BYTES"})
quick = settings(max_examples=40, deadline=None)


def arrays(name: str) -> st.SearchStrategy[Any]:
    if name == "BYTES":
        return npst.arrays(object, SHAPES, elements=st.binary(max_size=9))
    if name == "FP16":
        # Out of its bits: most numbers that chance makes for it are none of its own, and are thrown away.
        return npst.arrays(np.uint16, SHAPES).map(lambda bits: bits.view(DTYPES[name]))
    return npst.arrays(DTYPES[name], SHAPES)


@pytest.mark.parametrize("name", sorted(DTYPES))
@given(data=st.data())
@quick
def test_a_tensor_comes_back_from_its_raw_bytes(name: str, data: st.DataObject) -> None:
    tensor = data.draw(arrays(name))
    back = from_raw(to_raw(tensor), name, tensor.shape)
    assert (datatype(back.dtype), back.shape) == (name, tensor.shape)
    assert to_raw(back) == to_raw(tensor)


@pytest.mark.parametrize("name", sorted(name for name in DTYPES if is_typed(name)))
@given(data=st.data())
@quick
def test_a_tensor_comes_back_from_its_typed_list(name: str, data: st.DataObject) -> None:
    tensor = data.draw(arrays(name))
    wire = InferTensorContents.FromString(to_contents(tensor).SerializeToString())
    back = from_contents(wire, name, tensor.shape)
    assert back.dtype == DTYPES[name]
    # A signalling NaN comes back as a quiet one.
    same = np.array_equal(back, tensor, equal_nan=True) if back.dtype.kind == "f" else (back == tensor).all()
    assert same


@pytest.mark.parametrize("name", NUMBERS)
@given(data=st.data(), extra=st.sampled_from([-1, 1]))
@quick
def test_one_byte_more_or_less_is_refused(name: str, data: st.DataObject, extra: int) -> None:
    tensor = data.draw(arrays(name))
    raw = to_raw(tensor)
    with pytest.raises(InvalidRequest, match="bytes"):
        from_raw(raw[:extra] if extra < 0 else raw + b"\0", name, tensor.shape)


@given(
    raw=st.binary(max_size=64), shape=st.lists(st.integers(-2, 2**63 - 1), max_size=20), name=st.sampled_from(NUMBERS)
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_announced_is_refused_or_is_exactly_the_bytes(raw: bytes, shape: list[int], name: str) -> None:
    try:
        tensor = from_raw(raw, name, shape)
    except InvalidRequest:
        return
    assert tensor.nbytes == len(raw)
    assert list(tensor.shape) == shape


@given(raw=st.binary(max_size=40), count=st.integers(1, 2**62))
@settings(max_examples=200, deadline=None)
def test_texts_are_refused_or_hold_exactly_the_bytes(raw: bytes, count: int) -> None:
    try:
        tensor = from_raw(raw, "BYTES", [count])
    except InvalidRequest:
        return
    assert sum(4 + len(element) for element in tensor) == len(raw)


def test_numbers_travel_little_endian_whatever_their_order_in_memory() -> None:
    tensor = np.array([[1.5, -2.0]], dtype=">f4")
    assert to_raw(tensor) == struct.pack("<2f", 1.5, -2.0)
    assert to_raw(np.arange(6, dtype="<i2").reshape(2, 3).T) == struct.pack("<6h", 0, 3, 1, 4, 2, 5)


def test_texts_travel_behind_their_lengths() -> None:
    tensor = np.array([b"", b"caf\xc3\xa9"], dtype=object)
    assert to_raw(tensor) == b"\0\0\0\0" + b"\5\0\0\0" + b"caf\xc3\xa9"


@pytest.mark.parametrize("raw", [b"", b"\4\0\0\0abc", b"\xff\xff\xff\xffabc", b"\1\0\0\0a\0", b"\1\0\0"])
def test_texts_whose_lengths_lie_are_refused(raw: bytes) -> None:
    with pytest.raises(InvalidRequest, match="1 elements of BYTES"):
        from_raw(raw, "BYTES", [1])


@pytest.mark.parametrize("raw", [b"\2", b"\0\2\1", b"\xff"])
def test_a_bool_is_nothing_but_0_or_1(raw: bytes) -> None:
    with pytest.raises(InvalidRequest, match="0 or 1"):
        from_raw(raw, "BOOL", [len(raw)])


@pytest.mark.parametrize("shape", [[-1], [2, 0], [0, 2**63 - 1], [1] * 17, [2**62] * 1000])
def test_shapes_that_no_tensor_has_are_refused(shape: list[int]) -> None:
    with pytest.raises(InvalidRequest):
        elements(shape)


def test_sizes_whose_product_would_overflow_are_no_match_for_few_bytes() -> None:
    with pytest.raises(InvalidRequest, match="were sent"):
        from_raw(b"", "FP32", [2**32, 2**32])


@pytest.mark.parametrize("name", ["BF16", "", "float32", "FP32\0"])
def test_unknown_types_are_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(InvalidRequest, match="send one of BOOL"):
        from_raw(b"", name, [1])


@pytest.mark.parametrize(("name", "value"), [("INT8", 128), ("INT16", -(2**15) - 1), ("UINT8", 256), ("UINT16", 2**16)])
def test_numbers_beyond_the_range_of_their_type_are_refused(name: str, value: int) -> None:
    values = [1, value]
    contents = InferTensorContents(int_contents=values) if name[0] == "I" else InferTensorContents(uint_contents=values)
    with pytest.raises(InvalidRequest, match=f"beyond the range of {name}"):
        from_contents(contents, name, [2])


def test_elements_in_a_list_of_another_type_are_refused() -> None:
    for contents in (
        InferTensorContents(fp64_contents=[1.0]),
        InferTensorContents(fp32_contents=[1.0], int_contents=[1]),
        InferTensorContents(fp32_contents=[1.0, 2.0]),
        InferTensorContents(),
    ):
        with pytest.raises(InvalidRequest, match="take 1 elements in fp32_contents"):
            from_contents(contents, "FP32", [1])


def test_16_bit_floats_are_sent_raw_alone() -> None:
    with pytest.raises(InvalidRequest, match="raw_input_contents"):
        from_contents(InferTensorContents(), "FP16", [1])


def test_raw_numbers_are_read_in_place() -> None:
    raw = np.ones(1000, dtype=np.float32).tobytes()
    tensor = from_raw(raw, "FP32", [10, 100])
    assert not tensor.flags.owndata
    assert not tensor.flags.writeable
