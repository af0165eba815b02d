"""ONNX Runtime behind the `Session` protocol; the only importer of onnxruntime."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as faults

from kit.errors import InvalidRequest, ModelInvalid
from kit.log import get_logger
from kit.models.card import LoadedModel
from kit.models.runtime import Tensor
from kit.models.signature import Port, check_answer, check_ports
from telltale.model.v1 import card_pb2

# NumPy's names where they are not ONNX Runtime's.
_DTYPES: Final = {"float": "float32", "double": "float64"}
# ONNX Runtime's exceptions share no base of their own.
_LOAD_FAULTS = (
    *(faults.Fail, faults.InvalidArgument, faults.InvalidGraph, faults.InvalidProtobuf, faults.NoSuchFile),
    *(faults.NotImplemented, faults.RuntimeException),
    UnicodeDecodeError,  # its own sentence names a part of the file that is no text
)
_RUN_FAULTS = (faults.Fail, faults.InvalidArgument, faults.NotImplemented, faults.RuntimeException)
# A cache alone would let two threads register it, which ONNX Runtime refuses.
_SHARING = threading.Lock()


class OnnxSession:
    """One network on the CPU. ONNX Runtime sessions may be called from several threads.

    Attributes:
        inputs: names of its inputs.
        outputs: names of its outputs, in order.
        free_rows: whether axis 0 of every input and output is one and the same axis of any length: a batch.
    """

    def __init__(self, session: onnxruntime.InferenceSession, card: card_pb2.ModelCard | None = None) -> None:
        self._session = session
        self._card = card or card_pb2.ModelCard()
        self.outputs = [entry.name for entry in session.get_outputs()]
        self.inputs = {entry.name for entry in session.get_inputs()}
        axes = {entry.shape[0] if entry.shape else None for entry in (*session.get_inputs(), *session.get_outputs())}
        self.free_rows = len(axes) == 1 and isinstance(axes.pop(), str)

    @classmethod
    def open(cls, path: Path, card: card_pb2.ModelCard | None = None, *, intra_op_threads: int = 1) -> OnnxSession:
        """Loads a file whose answers are to be those of `card`. Raises ModelInvalid when ONNX Runtime cannot."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = intra_op_threads
        options.inter_op_num_threads = 1
        # Without this, idle threads spin and steal the second core from the other services.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.use_env_allocators", "1")
        _share_memory()
        try:
            # Without fallback: it would say so on standard output, and try the same once more.
            session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"], enable_fallback=0
            )
        except _LOAD_FAULTS as error:
            reason = str(error).replace(str(path), path.name)
            raise ModelInvalid(f"{path.name} is no network that ONNX Runtime can load: {reason}") from error
        return cls(session, card)

    def close(self) -> None:
        """Gives its memory back, whoever still knows it. Nobody may run it any more."""
        del self._session

    def input_ports(self) -> list[Port]:
        """Its inputs, as it describes them."""
        return [_port(entry) for entry in self._session.get_inputs()]

    def output_ports(self) -> list[Port]:
        """Its outputs, as it describes them."""
        return [_port(entry) for entry in self._session.get_outputs()]

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Named tensors in, named tensors out.

        Raises:
            InvalidRequest: their names, types or shapes are not the network's.
            ModelInvalid: the answer is not what the card says, or holds numbers that are none.
        """
        if set(inputs) != self.inputs:
            raise InvalidRequest(f"the network takes {sorted(self.inputs)}, not {sorted(inputs)}")
        try:
            outputs = self._session.run(self.outputs, dict(inputs))
        except _RUN_FAULTS as error:
            # The sentence of ONNX Runtime names parts of the network: for the log, not for callers.
            get_logger().warning("a network could not be run", exc_info=error)
            raise InvalidRequest(
                f"the network cannot take {_described(inputs)}; send what its card asks for"
            ) from error
        answer = dict(zip(self.outputs, outputs, strict=True))
        check_answer(self._card.name, self._card.outputs, answer)
        return answer


def _share_memory() -> None:
    """Has all networks of this process take their working memory from one place.

    With one of its own for each, a network that is loaded twice, for one core and for all of them, would hold twice as much.
    """
    with _SHARING:
        _register_arena()


@functools.cache
def _register_arena() -> None:
    kind, memory = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, onnxruntime.OrtMemType.DEFAULT
    onnxruntime.create_and_register_allocator(onnxruntime.OrtMemoryInfo("Cpu", kind, 0, memory), None)


def _described(inputs: Mapping[str, Tensor]) -> str:
    return ", ".join(f"{name} of {tensor.dtype} {list(tensor.shape)}" for name, tensor in sorted(inputs.items()))


def open_network(model: LoadedModel, artefact: str = "model.onnx", *, intra_op_threads: int = 1) -> OnnxSession:
    """Opens a checked model's network and holds names, types and shapes of its tensors against the card, if that has any.

    Raises:
        ModelInvalid: the file cannot be loaded, or its inputs or outputs are not those of the card.
    """
    card = model.card
    session = OnnxSession.open(model.artefact(artefact), card, intra_op_threads=intra_op_threads)
    if card.inputs or card.outputs:
        check_ports(card.name, card.inputs, session.input_ports())
        check_ports(card.name, card.outputs, session.output_ports())
    return session


def _port(entry: onnxruntime.NodeArg) -> Port:
    element = entry.type.removeprefix("tensor(").removesuffix(")")
    return Port(
        entry.name,
        _DTYPES.get(element, element),
        [size if isinstance(size, int) else None for size in entry.shape],
    )
