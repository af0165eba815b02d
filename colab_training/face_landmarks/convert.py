"""From a TensorFlow Lite file to ONNX, for the handful of operators that small convolutional networks are made of.

TensorFlow Lite lays pictures out as height, width, colour; ONNX as colour, height, width. Weights are turned round once, here,
and stay float16 where the file has them so; they are computed with as float32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import onnx
import tflite
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]

OPSET: Final = 18
_TYPES: Final = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
_RELU: Final = tflite.ActivationFunctionType.RELU


class Conversion:
    """One graph on its way. The names of its tensors are their numbers in the file."""

    def __init__(self, data: bytes) -> None:
        self.model = tflite.Model.GetRootAsModel(data, 0)
        self.graph = self.model.Subgraphs(0)
        self.constants = {
            number: value for number in range(self.graph.TensorsLength()) if (value := self._stored(number)) is not None
        }
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, Array] = {}

    def convert(self, inputs: Sequence[str], outputs: Sequence[str]) -> onnx.ModelProto:
        """The ONNX model; `inputs` and `outputs` name its tensors in order. Pictures are (N, C, H, W), outputs (N, values).

        Raises ValueError where the file has an operator that is not known here.
        """
        for index in range(self.graph.OperatorsLength()):
            self._translate(self.graph.Operators(index))
        ins = [
            self._renamed_input(number, name) for number, name in zip(self.graph.InputsAsNumpy(), inputs, strict=True)
        ]
        outs = [
            self._flat_output(number, name) for number, name in zip(self.graph.OutputsAsNumpy(), outputs, strict=True)
        ]
        weights = [numpy_helper.from_array(value, name) for name, value in self.weights.items()]
        graph = helper.make_graph(self.nodes, "network", ins, outs, weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        onnx.checker.check_model(model)
        return model

    def shape(self, number: int) -> tuple[int, ...]:
        """Shape of a tensor, as the file has it."""
        return tuple(int(size) for size in self.graph.Tensors(number).ShapeAsNumpy())

    def weight(self, number: int, layout: Callable[[Array], Array]) -> str:
        """Puts a constant tensor into the graph in another layout."""
        name = f"weight{number}"
        value = np.ascontiguousarray(layout(self.constants[number]))
        if value.dtype == np.float16:
            self.weights[f"{name}_stored"] = value
            self.nodes.append(helper.make_node("Cast", [f"{name}_stored"], [name], to=TensorProto.FLOAT))
        else:
            self.weights[name] = value
        return name

    def emit(self, operator: str, inputs: Sequence[str], output: int, fused: int = 0, **attributes: Any) -> None:
        """Adds a node, and the activation that the file has fused with it."""
        if fused not in (0, _RELU):
            raise ValueError(f"{operator} is fused with activation {fused}, which is not known here")
        name = f"t{output}"
        self.nodes.append(helper.make_node(operator, inputs, [f"{name}_raw" if fused else name], **attributes))
        if fused:
            self.nodes.append(helper.make_node("Relu", [f"{name}_raw"], [name]))

    def _stored(self, number: int) -> Array | None:
        tensor = self.graph.Tensors(number)
        data = self.model.Buffers(tensor.Buffer()).DataAsNumpy()
        if isinstance(data, int) or not data.size:
            return None
        return np.frombuffer(data.tobytes(), _TYPES[tensor.Type()]).reshape(self.shape(number))

    def _translate(self, operator: Any) -> None:
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if kind not in _TRANSLATIONS:
            raise ValueError(f"operator {kind} of TensorFlow Lite is not known here")
        _TRANSLATIONS[kind](
            self, operator, [int(number) for number in operator.InputsAsNumpy()], int(operator.Outputs(0))
        )

    def _renamed_input(self, number: int, name: str) -> onnx.ValueInfoProto:
        _, height, width, colours = self.shape(number)
        for node in self.nodes:
            node.input[:] = [name if entry == f"t{number}" else entry for entry in node.input]
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", colours, height, width])

    def _flat_output(self, number: int, name: str) -> onnx.ValueInfoProto:
        self.nodes.append(helper.make_node("Flatten", [f"t{number}"], [name]))
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", int(np.prod(self.shape(number)))])


def _options(operator: Any, kind: Any) -> Any:
    options = kind()
    options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
    return options


def _pads(
    conversion: Conversion, number: int, kernel: Sequence[int], strides: Sequence[int], padding: int
) -> list[int]:
    """Top, left, bottom, right of what TensorFlow calls SAME: the odd pixel lies at the end."""
    if padding != tflite.Padding.SAME:
        return [0, 0, 0, 0]
    sizes = conversion.shape(number)[1:3]
    missing = [
        max(0, (-(-size // step) - 1) * step + reach - size)
        for size, step, reach in zip(sizes, strides, kernel, strict=True)
    ]
    return [*(gap // 2 for gap in missing), *(gap - gap // 2 for gap in missing)]


def _convolution(conversion: Conversion, operator: Any, inputs: list[int], output: int) -> None:
    options = _options(operator, tflite.Conv2DOptions)
    kernel = conversion.constants[inputs[1]].shape[1:3]  # (out, height, width, in)
    weights = conversion.weight(inputs[1], lambda value: value.transpose(0, 3, 1, 2))
    _filter(conversion, options, inputs, output, kernel, weights, 1)


def _depthwise(conversion: Conversion, operator: Any, inputs: list[int], output: int) -> None:
    options = _options(operator, tflite.DepthwiseConv2DOptions)
    _, height, width, colours = conversion.constants[inputs[1]].shape  # (1, height, width, out)
    weights = conversion.weight(inputs[1], lambda value: value.transpose(3, 0, 1, 2))
    _filter(conversion, options, inputs, output, (height, width), weights, colours)


def _filter(
    conversion: Conversion,
    options: Any,
    inputs: list[int],
    output: int,
    kernel: Sequence[int],
    weights: str,
    group: int,
) -> None:
    strides = [options.StrideH(), options.StrideW()]
    pads = _pads(conversion, inputs[0], kernel, strides, options.Padding())
    bias = conversion.weight(inputs[2], lambda value: value)
    fused = options.FusedActivationFunction()
    conversion.emit("Conv", [f"t{inputs[0]}", weights, bias], output, fused, strides=strides, pads=pads, group=group)


def _pool(conversion: Conversion, operator: Any, inputs: list[int], output: int) -> None:
    options = _options(operator, tflite.Pool2DOptions)
    kernel, strides = [options.FilterHeight(), options.FilterWidth()], [options.StrideH(), options.StrideW()]
    pads = _pads(conversion, inputs[0], kernel, strides, options.Padding())
    conversion.emit("MaxPool", [f"t{inputs[0]}"], output, kernel_shape=kernel, strides=strides, pads=pads)


def _prelu(conversion: Conversion, operator: Any, inputs: list[int], output: int) -> None:
    slope = conversion.weight(inputs[1], lambda value: value.reshape(-1, 1, 1))
    conversion.emit("PRelu", [f"t{inputs[0]}", slope], output)


def _add(conversion: Conversion, operator: Any, inputs: list[int], output: int) -> None:
    fused = _options(operator, tflite.AddOptions).FusedActivationFunction()
    conversion.emit("Add", [f"t{number}" for number in inputs], output, fused)


def _pad(conversion: Conversion, operator: Any, inputs: list[int], output: int) -> None:
    before, after = conversion.constants[inputs[1]][[0, 3, 1, 2]].T  # (4, 2) of batch, height, width, colour
    name = f"pads{output}"
    conversion.weights[name] = np.concatenate([before, after]).astype(np.int64)
    conversion.emit("Pad", [f"t{inputs[0]}", name], output)


def _dequantise(conversion: Conversion, operator: Any, inputs: list[int], output: int) -> None:
    conversion.constants[output] = conversion.constants[inputs[0]]


_TRANSLATIONS: Mapping[int, Callable[[Conversion, Any, list[int], int], None]] = {
    tflite.BuiltinOperator.CONV_2D: _convolution,
    tflite.BuiltinOperator.DEPTHWISE_CONV_2D: _depthwise,
    tflite.BuiltinOperator.MAX_POOL_2D: _pool,
    tflite.BuiltinOperator.PRELU: _prelu,
    tflite.BuiltinOperator.ADD: _add,
    tflite.BuiltinOperator.PAD: _pad,
    tflite.BuiltinOperator.DEQUANTIZE: _dequantise,
}
