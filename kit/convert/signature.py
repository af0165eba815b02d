"""Tensors held against a model's card, before its network sees them.

A network that is given other sizes than those of its card fails late and deep inside, some after taking a gigabyte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from kit.convert.tensors import datatype
from kit.errors import InvalidRequest
from kit.models.runtime import Tensor
from telltale.model.v1 import card_pb2

MAX_ROWS: Final = 256
"""Most sizes that the first axis may have where the card leaves it open."""


def check_inputs(card: card_pb2.ModelCard, tensors: Mapping[str, Tensor]) -> None:
    """Raises InvalidRequest when `tensors` are not the card's inputs in name, type or shape, or hold what is no finite number."""
    expected = {entry.name: entry for entry in card.inputs}
    if expected.keys() != tensors.keys():
        raise InvalidRequest(f"{card.name} takes {sorted(expected)}; send each of them once, and no others")
    for name, tensor in tensors.items():
        _check(expected[name], tensor, card)


def datatype_of(signature: card_pb2.TensorSignature) -> str:
    """The protocol's name of a tensor's type, e.g. "FP32"."""
    return datatype(signature.dtype)


def _check(signature: card_pb2.TensorSignature, tensor: Tensor, card: card_pb2.ModelCard) -> None:
    wanted = datatype_of(signature)
    if datatype(tensor.dtype) != wanted:
        raise InvalidRequest(f"{signature.name} is of {wanted}, and {datatype(tensor.dtype)} was sent; convert it")
    sizes = list(signature.shape)
    if len(sizes) != tensor.ndim or any(size not in (-1, sent) for size, sent in zip(sizes, tensor.shape, strict=True)):
        raise InvalidRequest(
            f"{signature.name} has the shape {sizes} (-1: any), and {list(tensor.shape)} was sent; send that of its card"
        )
    for problem in _open_axes(signature, tensor, card):
        raise InvalidRequest(f"{signature.name} of {card.name}: {problem}")
    if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
        raise InvalidRequest(f"{signature.name} holds what is no finite number; send finite numbers")


def _open_axes(signature: card_pb2.TensorSignature, tensor: Tensor, card: card_pb2.ModelCard) -> Iterator[str]:
    """What is wrong with the sizes that the signature leaves open."""
    most, multiple = _bounds(card)
    axes = [*signature.axes, *[""] * (tensor.ndim - len(signature.axes))]
    for index, (size, axis, sent) in enumerate(zip(signature.shape, axes, tensor.shape, strict=False)):
        bound = most.get(axis, MAX_ROWS if index == 0 else sent)
        if size == -1 and sent > bound:
            yield f"its axis {axis!r} has {sent}, and may have {bound}; send less at once"
        if size == -1 and axis in ("height", "width") and sent % multiple:
            yield f"its axis {axis!r} has {sent}, which is no multiple of {multiple}; pad or cut it"


def _bounds(card: card_pb2.ModelCard) -> tuple[dict[str, int], int]:
    """Most that an axis may have, by its name, and what heights and widths are multiples of."""
    image, sound = card.image_preprocessing, card.sound_preprocessing
    most: dict[str, int] = {}
    if card.HasField("image_preprocessing"):
        most |= {"height": image.height_px, "width": image.width_px}
    if card.HasField("sound_preprocessing"):
        most["sample"] = round(sound.window_s * sound.sample_rate_hz)
    return most, max(1, image.window.multiple_px, image.letterbox.multiple_px)
