from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper
import pytest

SIDE_PX = 16


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two convolutions with a Clip between them; what comes out is their mean as a logit, and a map."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("original") / "model.onnx"
    weights = [
        onnx.numpy_helper.from_array(rng.normal(0.05, 0.2, shape).astype(np.float32), name)
        for name, shape in (("first.weight", (8, 3, 3, 3)), ("second.weight", (32, 8, 3, 3)))
    ]
    limits = [onnx.numpy_helper.from_array(np.float32(value), name) for name, value in (("least", 0), ("most", 6))]
    nodes = [
        onnx.helper.make_node("Conv", ["face", "first.weight"], ["seen"], name="first"),
        onnx.helper.make_node("Clip", ["seen", "least", "most"], ["kept"], name="clip"),
        onnx.helper.make_node("Conv", ["kept", "second.weight"], ["cells"], name="second"),
        onnx.helper.make_node("ReduceMean", ["cells"], ["map"], name="mean", keepdims=0, axes=[1]),
        onnx.helper.make_node("ReduceMean", ["map"], ["logit"], name="all", keepdims=0, axes=[1, 2]),
    ]
    shapes = {"face": [1, 3, SIDE_PX, SIDE_PX], "logit": [1], "map": [1, SIDE_PX - 4, SIDE_PX - 4]}
    face, *told = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, size) for name, size in shapes.items()
    )
    graph = onnx.helper.make_graph(nodes, "small", [face], told, [*weights, *limits])
    opsets = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), str(path))
    return path
