"""From a float network to one that computes in int8: static ranges, a scale per channel (Jacob et al., CVPR 2018)."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from colab_training.export import MODEL_FILE, forget_traces
from colab_training.quantise.settings import VariantSettings
from kit.models.runtime import Tensor

Feed = Mapping[str, Tensor]


class _Reader(CalibrationDataReader):
    """Hands out one example after the other, and then None, as the library wants it."""

    def __init__(self, examples: Iterable[Feed]) -> None:
        self._examples = iter(examples)

    def get_next(self) -> dict[str, Tensor] | None:
        """The next example."""
        found = next(self._examples, None)
        return None if found is None else dict(found)


def quantised(source: Path, examples: Iterable[Feed], how: VariantSettings, folder: Path) -> Path:
    """Writes the int8 network as `model.onnx` into `folder`; ranges are the least and most that the examples lead to.

    A convolution before a Clip is rounded after it alone: what the Clip cuts off needs no numbers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MODEL_FILE
    # The library advises to do what is done here, on every call.
    logging.getLogger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as rooms:
        plain = Path(rooms) / MODEL_FILE
        quant_pre_process(str(source), str(plain), skip_symbolic_shape=True)
        quantize_static(
            str(plain),
            str(path),
            _Reader(examples),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(how.operators),
            per_channel=True,
            reduce_range=how.reduce_range,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=kept(onnx.load(str(plain)), how.keep_float),
        )
    forget_traces(path)
    return path


def kept(model: onnx.ModelProto, patterns: Iterable[str]) -> list[str]:
    """Names of the convolutions whose weights' names hold one of the patterns.

    Raises ValueError for a pattern that none holds: it would keep nothing, silently.
    """
    weights = {node.name: node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    found = {pattern: [name for name, weight in weights.items() if re.search(pattern, weight)] for pattern in patterns}
    if empty := [pattern for pattern, names in found.items() if not names]:
        raise ValueError(
            f"no convolution has weights like {', '.join(empty)}; there are: {', '.join(weights.values())}"
        )
    return sorted({name for names in found.values() for name in names})
