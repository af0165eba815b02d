"""Does a network say the same thing twice, alone and in a batch? Held against what its card says of its tensors.

Cards carry no recorded answers, so the network is held against itself: the same made-up input twice gives the same bits, every
number is finite, shapes are those of the card, and a batch answers what its parts answer one by one. That the file is the one
that was tested against its training code is what the digests are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from kit.models.card import LoadedModel
from kit.models.onnx import open_network
from kit.models.runtime import Session, Tensor
from telltale.model.v1 import card_pb2

NETWORK_FILE: Final = "model.onnx"
_BATCH: Final = 3
_TOLERANCE: Final = 1e-3
# A size for axes that may vary, where the card says nothing of how long they are; every network of ours takes it.
_FREE: Final = 64
_SAMPLES: Final = 16_000


def check_network(model: LoadedModel) -> tuple[list[str], str]:
    """What is wrong, one sentence each, and what was checked: nothing without a network. Raises ModelInvalid."""
    if NETWORK_FILE not in {artefact.file for artefact in model.card.artefacts} or not model.card.inputs:
        return [], ""
    alike = ", alone as in a batch" if _takes_batches(model.card) else ""
    return list(
        problems_of(open_network(model), model.card)
    ), f"network: twice the same, finite, shapes of its card{alike}"


def _takes_batches(card: card_pb2.ModelCard) -> bool:
    return all(_batched(entry) for entry in (*card.inputs, *card.outputs))


def problems_of(session: Session, card: card_pb2.ModelCard) -> Iterator[str]:
    """What is wrong with the answers of a network to made-up input, one sentence each."""
    inputs = {entry.name: _made_up(entry, card) for entry in card.inputs}
    first, second = session.run(inputs), session.run(inputs)
    for entry in card.outputs:
        answer = first[entry.name]
        if not np.array_equal(answer, second[entry.name]):
            yield f"{entry.name} differs when the same input is given twice"
        if not np.isfinite(answer).all():
            yield f"{entry.name} holds numbers that are not finite"
        if not _fits(answer, entry):
            yield f"{entry.name} has the shape {list(answer.shape)}, its card says {list(entry.shape)}"
    if _takes_batches(card):
        yield from _batch_problems(session, inputs, first)


def _batch_problems(session: Session, inputs: Mapping[str, Tensor], together: Mapping[str, Tensor]) -> Iterator[str]:
    for number in range(_BATCH):
        alone = session.run({name: tensor[number : number + 1] for name, tensor in inputs.items()})
        for name, answer in alone.items():
            if not np.allclose(answer[0], together[name][number], rtol=_TOLERANCE, atol=_TOLERANCE):
                yield f"{name} of one input differs from that of the same input in a batch"
                return


def _batched(entry: card_pb2.TensorSignature) -> bool:
    return bool(entry.axes) and entry.axes[0] == "batch" and entry.shape[0] == -1


def _made_up(entry: card_pb2.TensorSignature, card: card_pb2.ModelCard) -> Tensor:
    shape = [_BATCH if _is_batch(entry, axis) else _size(entry, axis, card) for axis in range(len(entry.shape))]
    noise = np.random.default_rng(0).uniform(-1, 1, shape)
    return noise.astype(entry.dtype)


def _is_batch(entry: card_pb2.TensorSignature, axis: int) -> bool:
    return axis == 0 and _batched(entry)


def _size(entry: card_pb2.TensorSignature, axis: int, card: card_pb2.ModelCard) -> int:
    if entry.shape[axis] >= 0:
        return int(entry.shape[axis])
    name = entry.axes[axis] if axis < len(entry.axes) else ""
    sizes = {"height": card.image_preprocessing.height_px, "width": card.image_preprocessing.width_px}
    return sizes.get(name) or (_SAMPLES if name == "sample" else _FREE)


def _fits(answer: Tensor, entry: card_pb2.TensorSignature) -> bool:
    sizes: Sequence[int] = answer.shape
    return len(sizes) == len(entry.shape) and all(
        size in (-1, found) for size, found in zip(entry.shape, sizes, strict=True)
    )
