"""Tensors of the Open Inference Protocol to arrays and back, raw or as typed lists, without trust in what a caller says.

Raw elements are little-endian, row by row, without gaps; BOOL is a byte of 0 or 1, BYTES has four bytes of length before each
element. Sizes are checked before anything is made of them, so that nothing larger than the message itself is ever allocated.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from inference.open_inference_service_pb2 import InferTensorContents

from kit.errors import InvalidRequest
from kit.models.runtime import Tensor

DTYPES: Final[Mapping[str, np.dtype[Any]]] = {
    "BOOL": np.dtype("?"),
    "UINT8": np.dtype("u1"),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype("i1"),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
    "BYTES": np.dtype("O"),
}
"""NumPy's types by the protocol's names. BF16 is not offered: NumPy has no such type, and no network of ours takes it."""

_LISTS: Final[Mapping[str, str]] = {
    "BOOL": "bool_contents",
    "UINT8": "uint_contents",
    "UINT16": "uint_contents",
    "UINT32": "uint_contents",
    "UINT64": "uint64_contents",
    "INT8": "int_contents",
    "INT16": "int_contents",
    "INT32": "int_contents",
    "INT64": "int64_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
    "BYTES": "bytes_contents",
}
_NAMES: Final = {dtype.newbyteorder("="): name for name, dtype in DTYPES.items()}
_MAX_AXES: Final = 16
_LENGTH: Final = struct.Struct("<I")


def datatype(dtype: np.dtype[Any] | str) -> str:
    """The protocol's name of a NumPy type, e.g. "FP32" of "float32". Raises ValueError where it has none."""
    kind = np.dtype(dtype).newbyteorder("=")
    if kind not in _NAMES:
        raise ValueError(f"the Open Inference Protocol has no name for {kind}")
    return _NAMES[kind]


def is_typed(name: str) -> bool:
    """Whether elements of this type can travel in typed lists; 16-bit floats cannot."""
    return name in _LISTS


def from_raw(raw: bytes, name: str, shape: Sequence[int]) -> Tensor:
    """The tensor of raw elements. It is a read-only view of `raw`, but for BYTES.

    Raises InvalidRequest when the type is unknown, or the shape is not that of exactly these bytes.
    """
    dtype, count = _dtype(name), elements(shape)
    if name == "BYTES":
        return _objects(_split(raw, count), shape)
    if len(raw) != count * dtype.itemsize:
        raise InvalidRequest(
            f"{list(shape)} of {name} take {count * dtype.itemsize} bytes, and {len(raw)} were sent; send as many"
        )
    if name == "BOOL" and raw.strip(b"\0\1"):
        raise InvalidRequest("a BOOL is a byte of 0 or 1; send no others")
    return np.frombuffer(raw, dtype).reshape(shape)


def from_contents(contents: InferTensorContents, name: str, shape: Sequence[int]) -> Tensor:
    """The tensor of a typed list.

    Raises InvalidRequest when the type is unknown or must be sent raw, another list is filled, the shape is not that of so many
    elements, or one is beyond the range of its type.
    """
    dtype, count = _dtype(name), elements(shape)
    if name not in _LISTS:
        raise InvalidRequest(f"{name} has no typed list; send raw_input_contents")
    filled = {field.name for field, _ in contents.ListFields()} - {_LISTS[name]}
    values = getattr(contents, _LISTS[name])
    if filled or len(values) != count:
        raise InvalidRequest(
            f"{list(shape)} of {name} take {count} elements in {_LISTS[name]} and none elsewhere; {len(values)} were sent in it"
        )
    if name == "BYTES":
        return _objects(values, shape)
    return _fitted(np.array(values, _wide(name)), dtype, name).reshape(shape)


def to_raw(tensor: Tensor) -> bytes:
    """Raw elements of a tensor of a type in DTYPES."""
    if tensor.dtype == object:
        return b"".join(_LENGTH.pack(len(element)) + element for element in tensor.ravel())
    return tensor.astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes()


def to_contents(tensor: Tensor) -> InferTensorContents:
    """The typed list of a tensor whose type has one."""
    return InferTensorContents(**{_LISTS[datatype(tensor.dtype)]: tensor.ravel().tolist()})


def elements(shape: Sequence[int]) -> int:
    """How many elements a tensor of this shape has. Raises InvalidRequest for a size below 1 or more than 16 axes."""
    # Counted first: sizes are 64-bit, and the product of very many would be a number without end.
    if len(shape) > _MAX_AXES:
        raise InvalidRequest(f"a tensor has {len(shape)} axes; send at most {_MAX_AXES}")
    count = 1
    for size in shape:
        if size < 1:
            raise InvalidRequest(f"shape {list(shape)} has a size below 1; send the sizes of the tensor itself")
        count *= size
    return count


def _dtype(name: str) -> np.dtype[Any]:
    if name not in DTYPES:
        raise InvalidRequest(f"datatype {name!r} is not known here; send one of {', '.join(DTYPES)}")
    return DTYPES[name]


def _split(raw: bytes, count: int) -> list[bytes]:
    """The elements behind their lengths, which must be `count` and leave nothing over."""
    found: list[bytes] = []
    start = 0
    while start + _LENGTH.size <= len(raw) and len(found) < count:
        end = start + _LENGTH.size + _LENGTH.unpack_from(raw, start)[0]
        if end > len(raw):
            break
        found.append(raw[start + _LENGTH.size : end])
        start = end
    if len(found) != count or start != len(raw):
        raise InvalidRequest(
            f"{count} elements of BYTES were announced, and the bytes sent are not so many with lengths"
        )
    return found


def _objects(values: Iterable[bytes], shape: Sequence[int]) -> Tensor:
    return np.fromiter(values, dtype=object).reshape(shape)


def _wide(name: str) -> np.dtype[Any]:
    """The type of the list that a type travels in: small whole numbers are sent as 32-bit ones."""
    return {"int_contents": np.dtype("<i4"), "uint_contents": np.dtype("<u4")}.get(_LISTS[name], DTYPES[name])


def _fitted(sent: Tensor, dtype: np.dtype[Any], name: str) -> Tensor:
    cut = sent.astype(dtype, copy=False)
    if dtype.kind in "iu" and not np.array_equal(cut, sent):
        raise InvalidRequest(f"a number lies beyond the range of {name}; send what fits, or a wider type")
    return cut
