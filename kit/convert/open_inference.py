"""Messages of the Open Inference Protocol to tensors and back. Its server is `kit.rpc.open_inference`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inference import open_inference_service_pb2 as oip

from kit.convert.signature import datatype_of
from kit.convert.tensors import datatype, from_contents, from_raw, is_typed, to_contents, to_raw
from kit.errors import InvalidRequest
from kit.models.runtime import Tensor
from telltale.model.v1 import card_pb2

_TIMEOUT: Final = "timeout"
_PRIORITY: Final = "priority"
# Of the protocol's priorities 1 is the highest; 0 stands for none said.
_HIGHEST: Final = 1


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a request says beside its tensors."""

    timeout_s: float | None
    """After how long the answer is of no use any more; None: not said."""
    background: bool
    """Whether it asks to stand behind others."""


def parameters_of(request: oip.ModelInferRequest) -> Parameters:
    """The parameters, as Triton's clients name them. Raises InvalidRequest for any that is not understood here."""
    of_tensors = [entry.parameters for entry in request.inputs] + [entry.parameters for entry in request.outputs]
    unknown = (set(request.parameters) - {_TIMEOUT, _PRIORITY}).union(*of_tensors)
    if unknown:
        raise InvalidRequest(
            f"parameter {min(unknown)[:64]!r} is not understood here; only {_TIMEOUT!r} and {_PRIORITY!r} of a request are: "
            "there are no sequences, no shared memory and no classification"
        )
    timeout_us, priority = (_whole_number(request, name) for name in (_TIMEOUT, _PRIORITY))
    return Parameters(timeout_us / 1e6 if timeout_us else None, priority > _HIGHEST)


def inputs_of(request: oip.ModelInferRequest) -> dict[str, Tensor]:
    """The tensors, by name, as views of the request. Raises InvalidRequest when they are not well-formed."""
    raw = request.raw_input_contents
    typed = any(entry.HasField("contents") for entry in request.inputs)
    if raw and (typed or len(raw) != len(request.inputs)):
        raise InvalidRequest(
            f"{len(raw)} raw_input_contents for {len(request.inputs)} inputs; send one for each and no contents, or only contents"
        )
    tensors = {}
    for index, entry in enumerate(request.inputs):
        if entry.name in tensors:
            raise InvalidRequest(f"input {entry.name!r} comes twice; send each once")
        if raw:
            tensors[entry.name] = from_raw(raw[index], entry.datatype, entry.shape)
        else:
            tensors[entry.name] = from_contents(entry.contents, entry.datatype, entry.shape)
    return tensors


def wanted_of(request: oip.ModelInferRequest, card: card_pb2.ModelCard) -> list[str]:
    """The outputs that are asked for, in that order; all of the card's where none is named. Raises InvalidRequest."""
    known = [entry.name for entry in card.outputs]
    wanted = [entry.name for entry in request.outputs]
    if len(set(wanted)) < len(wanted) or not set(wanted) <= set(known):
        raise InvalidRequest(f"{card.name} has the outputs {known}; ask for each of them at most once")
    return wanted or known


def fill(answer: oip.ModelInferResponse, tensors: Mapping[str, Tensor], *, raw: bool) -> None:
    """Puts tensors into an answer: raw, or as typed lists where all of them can be sent so."""
    raw = raw or not all(is_typed(datatype(tensor.dtype)) for tensor in tensors.values())
    for name, tensor in tensors.items():
        entry = answer.outputs.add(name=name, datatype=datatype(tensor.dtype), shape=tensor.shape)
        if raw:
            answer.raw_output_contents.append(to_raw(tensor))
        else:
            entry.contents.CopyFrom(to_contents(tensor))


def described(signatures: Sequence[card_pb2.TensorSignature]) -> list[oip.ModelMetadataResponse.TensorMetadata]:
    """What a card says of its tensors."""
    return [
        oip.ModelMetadataResponse.TensorMetadata(name=entry.name, datatype=datatype_of(entry), shape=entry.shape)
        for entry in signatures
    ]


def _whole_number(request: oip.ModelInferRequest, name: str) -> int:
    """A parameter that must be a whole number of 0 or more; 0 where it is not given."""
    if name not in request.parameters:
        return 0
    value = request.parameters[name]
    kind = value.WhichOneof("parameter_choice")
    number = getattr(value, kind) if kind in ("int64_param", "uint64_param") else -1
    if number < 0:
        raise InvalidRequest(f"parameter {name!r} is a whole number of 0 or more; send it as an int64 or uint64")
    return int(number)
