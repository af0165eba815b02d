from __future__ import annotations

import math

import numpy as np
import pytest

from kit.errors import ModelInvalid
from kit.models.signature import Port, check_answer, check_ports
from telltale.model.v1 import card_pb2

FACE = [card_pb2.TensorSignature(name="face", dtype="float32", shape=[-1, 3, 192, 192])]


def test_a_network_that_is_what_its_card_says_passes() -> None:
    check_ports("model", FACE, [Port("face", "float32", [None, 3, 192, 192])])


def test_an_axis_that_the_card_fixes_may_vary_in_the_network() -> None:
    check_ports("model", FACE, [Port("face", "float32", [None, 3, None, None])])


@pytest.mark.parametrize(
    ("port", "why"),
    [
        (Port("face", "float32", [None, 3, 224, 192]), "[?]x3x224x192.*[?]x3x192x192"),
        (Port("face", "float32", [1, 3, 192, 192]), "1x3x192x192"),
        (Port("face", "float32", [None, 3, 192]), "[?]x3x192"),
        (Port("face", "float16", [None, 3, 192, 192]), "float16"),
        (Port("picture", "float32", [None, 3, 192, 192]), "has picture where its card has face"),
    ],
)
def test_another_network_is_refused_with_what_differs(port: Port, why: str) -> None:
    with pytest.raises(ModelInvalid, match=why):
        check_ports("model", FACE, [port])


LOGIT = [card_pb2.TensorSignature(name="logit", dtype="float32", shape=[-1])]


def test_an_answer_of_numbers_passes() -> None:
    check_answer("model", LOGIT, {"logit": np.zeros(3, np.float32)})


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_an_answer_that_is_no_number_never_becomes_an_opinion(number: float) -> None:
    with pytest.raises(ModelInvalid, match="infinite or none"):
        check_answer("model", LOGIT, {"logit": np.array([0.0, number], np.float32)})


def test_an_answer_of_another_shape_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="2x2"):
        check_answer("model", LOGIT, {"logit": np.zeros((2, 2), np.float32)})
