from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper
import pytest

from colab_training.quantise.graph import Feed, kept, quantised
from colab_training.quantise.settings import VariantSettings
from kit.models.onnx import OnnxSession

SIDE_PX = 16
HOW = VariantSettings(
    of="1.0.0", version="1.0.1", examples=4, operators=["Conv", "Clip"], keep_float=[], reduce_range=True
)


def examples(count: int = 4) -> Iterator[Feed]:
    rng = np.random.default_rng(0)
    for _ in range(count):
        yield {"face": rng.uniform(-1, 1, (1, 3, SIDE_PX, SIDE_PX)).astype(np.float32)}


def test_a_variant_says_nearly_what_its_original_says(original: Path, tmp_path: Path) -> None:
    variant = OnnxSession.open(quantised(original, examples(), HOW, tmp_path))
    feed = next(examples())
    before, after = OnnxSession.open(original).run(feed)["map"], variant.run(feed)["map"]
    assert 0 < np.abs(before - after).max() < 0.1 * np.abs(before).max()


def test_what_is_to_stay_float_stays_float(original: Path, tmp_path: Path) -> None:
    path = quantised(original, examples(), HOW.model_copy(update={"keep_float": ["first"]}), tmp_path)
    graph = onnx.load(str(path)).graph
    inputs = {name for node in graph.node if node.op_type == "Conv" for name in node.input}
    assert "first.weight" in inputs
    assert "second.weight" not in inputs


def test_a_pattern_that_keeps_nothing_is_an_error(original: Path) -> None:
    with pytest.raises(ValueError, match="no convolution has weights like third"):
        kept(onnx.load(str(original)), ["first", "third"])


def test_weights_of_seven_bits_are_smaller_than_half_of_a_byte(original: Path, tmp_path: Path) -> None:
    graph = onnx.load(str(quantised(original, examples(), HOW, tmp_path))).graph
    weights = [onnx.numpy_helper.to_array(w) for w in graph.initializer if w.name.endswith("weight_quantized")]
    assert len(weights) == 2
    assert max(int(np.abs(each.astype(int)).max()) for each in weights) <= 64


def test_a_variant_tells_nothing_of_the_folders_it_was_made_in(original: Path, tmp_path: Path) -> None:
    data = quantised(original, examples(), HOW, tmp_path).read_bytes()
    assert re.findall(rb'File "/|/[\w./-]+\.py', data) == []
    assert str(tmp_path).encode() not in data
