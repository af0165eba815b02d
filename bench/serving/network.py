"""The network of the work: one of the two EfficientNet-Lite0 of models/face_spatial, for 224 px, answering a probability."""

from __future__ import annotations

import argparse
from pathlib import Path

import onnx
from onnx import TensorProto, helper
from onnx.utils import Extractor

from bench.serving.work import INPUT, OUTPUT, SIDE_PX

# Of the shipped graph: what the first network says before its partner is heard.
_LOGIT = "squeeze"


def write_network(shipped: Path, path: Path) -> None:
    """Cuts it out of the shipped file. Its weights are what they are; only its speed is asked for here."""
    part = Extractor(onnx.load(str(shipped))).extract_model([INPUT], [_LOGIT])
    graph = part.graph
    # Written down for 192 px; the network is convolutional up to its mean.
    del graph.value_info[:]
    for axis, length in enumerate((3, SIDE_PX, SIDE_PX), start=1):
        graph.input[0].type.tensor_type.shape.dim[axis].dim_value = length
    graph.node.append(helper.make_node("Sigmoid", [_LOGIT], [OUTPUT]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch"]))
    onnx.checker.check_model(part, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(part, str(path))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.serving.network", description=__doc__)
    parser.add_argument("--shipped", type=Path, default=Path("models/face_spatial/5.0.0/model.onnx"))
    parser.add_argument("--out", type=Path, default=Path("build/serving/network.onnx"))
    options = parser.parse_args()
    write_network(options.shipped, options.out)


if __name__ == "__main__":
    main()
