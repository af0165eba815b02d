from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from kit.errors import InvalidRequest, ModelInvalid
from kit.models.onnx import OnnxSession, open_network
from kit.models.registry import Registry
from tests.support.imports import ROOT


@pytest.mark.parametrize("shape", [(1, 2, 40), (1, 15), (2, 15, 41)])
def test_tensors_that_a_network_cannot_take_are_the_callers_fault(shape: tuple[int, ...]) -> None:
    session = open_network(Registry(ROOT / "models").load("face_drift"))
    with pytest.raises(InvalidRequest) as refused, capture_logs() as lines:
        session.run({"clip": np.zeros(shape, np.float32)})
    assert refused.value.message.startswith("the network cannot take clip of float32 ")
    assert [line["event"] for line in lines] == ["a network could not be run"]


def external(location: str) -> bytes:
    """A network that adds numbers which it says are in another file."""
    number = b"\x08\x04\x10\x01\x42\x01w" + field(13, field(1, b"location") + field(2, location.encode())) + b"\x70\x01"
    port = field(2, field(1, b"\x08\x01" + field(2, field(1, b"\x08\x04"))))
    add = field(1, b"x") + field(1, b"w") + field(2, b"y") + field(4, b"Add")
    graph = field(1, add) + field(2, b"g") + field(5, number) + field(11, field(1, b"x") + port)
    return b"\x08\x09" + field(7, graph + field(12, field(1, b"y") + port)) + field(8, b"\x10\x11")


def field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content) & 127 | 128, len(content) >> 7]) + content


def test_a_network_may_have_its_numbers_in_a_file_beside_it_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for path in (folder / "numbers", tmp_path / "numbers"):
        path.write_bytes(np.ones(4, np.float32).tobytes())
    (folder / "link").symlink_to(tmp_path / "numbers")
    network = folder / "model.onnx"
    network.write_bytes(external("numbers"))
    assert OnnxSession.open(network).run({"x": np.ones(4, np.float32)})["y"].tolist() == [2, 2, 2, 2]
    for elsewhere in ("../numbers", str(tmp_path / "numbers"), "link", "/proc/self/environ", "*/_ORT_MEM_ADDR_/*"):
        network.write_bytes(external(elsewhere))
        with pytest.raises(ModelInvalid, match=r"[Ee]xternal|in-memory"):
            OnnxSession.open(network)


def damaged(network: bytes, number: int) -> bytes:
    chance = random.Random(number)
    changed = bytearray(network)
    changed[chance.randrange(6_000)] = chance.randrange(256)
    return bytes(changed)


def test_whatever_is_wrong_with_a_network_it_is_refused_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    network = Registry(ROOT / "models").load("face_drift").artefact("model.onnx").read_bytes()
    path = tmp_path / "model.onnx"
    refused = 0
    for number in range(60):
        path.write_bytes(damaged(network, number))
        try:
            OnnxSession.open(path)
        except ModelInvalid:
            refused += 1
    assert refused > 10
    assert capfd.readouterr().out == ""
