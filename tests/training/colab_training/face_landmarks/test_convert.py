from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

tflite = pytest.importorskip("tflite", reason="reads TensorFlow Lite files; needed once, to convert the face mesh")
pytest.importorskip("flatbuffers", reason="writes the small TensorFlow Lite file of this test")

import flatbuffers  # noqa: E402 - may be missing
import onnx  # noqa: E402

from colab_training.face_landmarks.convert import Conversion  # noqa: E402
from kit.models.onnx import OnnxSession  # noqa: E402


def a_file(operator: int = tflite.BuiltinOperator.ADD) -> bytes:
    """A TensorFlow Lite file with one operator that takes a (1, 2, 2, 3) picture twice."""
    builder = flatbuffers.Builder(1024)
    names = [builder.CreateString(name) for name in ("in", "out")]
    tensors = [_tensor(builder, name) for name in names]
    vectors = {what: _integers(builder, values) for what, values in (("ins", [0, 0]), ("outs", [1]), ("in", [0]))}
    tflite.AddOptionsStart(builder)
    options = tflite.AddOptionsEnd(builder)
    tflite.OperatorStart(builder)
    tflite.OperatorAddOpcodeIndex(builder, 0)
    tflite.OperatorAddInputs(builder, vectors["ins"])
    tflite.OperatorAddOutputs(builder, vectors["outs"])
    tflite.OperatorAddBuiltinOptionsType(builder, tflite.BuiltinOptions.AddOptions)
    tflite.OperatorAddBuiltinOptions(builder, options)
    added = _tables(builder, [tflite.OperatorEnd(builder)])
    all_tensors = _tables(builder, tensors)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, all_tensors)
    tflite.SubGraphAddInputs(builder, vectors["in"])
    tflite.SubGraphAddOutputs(builder, vectors["outs"])
    tflite.SubGraphAddOperators(builder, added)
    graphs = _tables(builder, [tflite.SubGraphEnd(builder)])
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, operator)
    codes = _tables(builder, [tflite.OperatorCodeEnd(builder)])
    tflite.BufferStart(builder)
    buffers = _tables(builder, [tflite.BufferEnd(builder)])
    tflite.ModelStart(builder)
    tflite.ModelAddSubgraphs(builder, graphs)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())


def _tensor(builder: flatbuffers.Builder, name: int) -> int:
    shape = _integers(builder, [1, 2, 2, 3])
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, shape)
    tflite.TensorAddName(builder, name)
    return tflite.TensorEnd(builder)


def _integers(builder: flatbuffers.Builder, values: list[int]) -> int:
    return builder.CreateNumpyVector(np.array(values, np.int32))


def _tables(builder: flatbuffers.Builder, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def test_pictures_go_in_colour_by_colour_and_values_come_out_flat(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(Conversion(a_file()).convert(["picture"], ["values"]), str(path))
    picture = np.arange(12, dtype=np.float32).reshape(1, 3, 2, 2)
    np.testing.assert_array_equal(
        OnnxSession.open(path).run({"picture": picture})["values"], 2 * picture.reshape(1, 12)
    )


def test_an_operator_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="not known here"):
        Conversion(a_file(tflite.BuiltinOperator.TANH)).convert(["picture"], ["values"])
