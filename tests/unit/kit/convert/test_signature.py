from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kit.convert.signature import MAX_ROWS, check_inputs
from kit.errors import InvalidRequest
from telltale.model.v1 import card_pb2
from tests.support.tensors import FACE, a_model, a_signature

PICTURE = a_signature("picture", -1, 3, -1, -1, axes=["batch", "colour", "height", "width"])
SOUND = a_signature("sound", -1, -1, axes=["batch", "sample"])


def zeros(*shape: int) -> dict[str, Any]:
    return {"picture" if len(shape) == 4 else "sound": np.zeros(shape, np.float32)}


def test_tensors_of_the_card_pass() -> None:
    check_inputs(a_model().card, {"face": FACE})


@pytest.mark.parametrize(
    ("tensors", "says"),
    [
        ({}, r"doubling takes \['face'\]"),
        ({"face": FACE, "more": FACE}, "no others"),
        ({"face": FACE.astype(np.float16)}, "is of FP32, and FP16 was sent"),
        ({"face": FACE[0]}, r"\[-1, 3, 4, 4\] \(-1: any\), and \[3, 4, 4\] was sent"),
        ({"face": FACE[:, :2]}, r"\[2, 2, 4, 4\] was sent"),
        ({"face": np.zeros((MAX_ROWS + 1, 3, 4, 4), np.float32)}, "'batch' has 257, and may have 256"),
        ({"face": np.full_like(FACE, np.nan)}, "no finite number"),
        ({"face": np.full_like(FACE, -np.inf)}, "no finite number"),
    ],
)
def test_tensors_that_are_not_those_of_the_card_are_refused(tensors: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        check_inputs(a_model().card, tensors)


@pytest.mark.parametrize(("shape", "fits"), [((1, 3, 32, 64), True), ((1, 3, 48, 32), False), ((1, 3, 96, 32), False)])
def test_pictures_are_no_larger_and_no_odder_than_the_card_says(shape: tuple[int, ...], fits: bool) -> None:
    letterbox = card_pb2.Letterbox(multiple_px=32)
    preprocessing = card_pb2.ImagePreprocessing(letterbox=letterbox, height_px=64, width_px=64)
    card = card_pb2.ModelCard(name="finder", inputs=[PICTURE], image_preprocessing=preprocessing)
    if fits:
        check_inputs(card, zeros(*shape))
    else:
        with pytest.raises(InvalidRequest, match="axis 'height'"):
            check_inputs(card, zeros(*shape))


def test_sound_is_no_longer_than_a_window_of_the_card() -> None:
    preprocessing = card_pb2.SoundPreprocessing(sample_rate_hz=16_000, window_s=0.5)
    card = card_pb2.ModelCard(name="voice", inputs=[SOUND], sound_preprocessing=preprocessing)
    check_inputs(card, zeros(1, 8_000))
    with pytest.raises(InvalidRequest, match="'sample' has 8001, and may have 8000"):
        check_inputs(card, zeros(1, 8_001))


def test_a_card_that_names_no_axes_bounds_the_first() -> None:
    card = card_pb2.ModelCard(name="bare", inputs=[a_signature("sound", -1, -1)])
    check_inputs(card, zeros(MAX_ROWS, 1000))
    with pytest.raises(InvalidRequest, match="may have 256"):
        check_inputs(card, zeros(MAX_ROWS + 1, 1))
