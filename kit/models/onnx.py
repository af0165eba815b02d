"""ONNX Runtime behind the `Session` protocol; the only importer of onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as faults

from kit.errors import InvalidRequest, ModelInvalid
from kit.models.card import LoadedModel
from kit.models.runtime import Tensor

# ONNX Runtime's exceptions share no base of their own.
_LOAD_FAULTS = (faults.Fail, faults.InvalidGraph, faults.InvalidProtobuf, faults.NoSuchFile, faults.NotImplemented)


class OnnxSession:
    """One network on the CPU. ONNX Runtime sessions may be called from several threads."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self.outputs = [entry.name for entry in session.get_outputs()]
        self.inputs = {entry.name for entry in session.get_inputs()}

    @classmethod
    def open(cls, path: Path, *, intra_op_threads: int = 1) -> OnnxSession:
        """Loads a file. Raises ModelInvalid when ONNX Runtime cannot."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = intra_op_threads
        options.inter_op_num_threads = 1
        # Without this, idle threads spin and steal the second core from the other services.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except _LOAD_FAULTS as error:
            raise ModelInvalid(f"{path.name} is no network that ONNX Runtime can load: {error}") from error
        return cls(session)

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Named tensors in, named tensors out. Raises InvalidRequest when the names are not the network's."""
        if set(inputs) != self.inputs:
            raise InvalidRequest(f"the network takes {sorted(self.inputs)}, not {sorted(inputs)}")
        return dict(zip(self.outputs, self._session.run(self.outputs, dict(inputs)), strict=True))


def open_network(model: LoadedModel, artefact: str = "model.onnx", *, intra_op_threads: int = 1) -> OnnxSession:
    """Opens a checked model's network and holds its names against the card.

    Raises:
        ModelInvalid: the file cannot be loaded, or its inputs or outputs are not those of the card.
    """
    session = OnnxSession.open(model.artefact(artefact), intra_op_threads=intra_op_threads)
    expected = ({entry.name for entry in model.card.inputs}, {entry.name for entry in model.card.outputs})
    if expected != (set(), set()) and expected != (session.inputs, set(session.outputs)):
        raise ModelInvalid(
            f"{model.card.name}: the network's inputs or outputs are not those of its card; export it again"
        )
    return session
