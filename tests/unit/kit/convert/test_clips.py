from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kit.convert.clips import to_clip_tensor
from kit.errors import ModelInvalid
from telltale.model.v1 import card_pb2
from tests.support.temporal import a_clip, a_model


def preprocessing(**changes: float) -> card_pb2.ClipPreprocessing:
    message = a_model().card.clip_preprocessing
    for name, value in changes.items():
        setattr(message, name, value)
    return message


def test_a_clip_becomes_a_tensor_of_the_card_s_size() -> None:
    tensor = to_clip_tensor(a_clip(), preprocessing())
    assert tensor.shape == (3, 16, 64, 64)
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous


def test_colours_are_scaled_and_normalised_channel_by_channel() -> None:
    colour = np.broadcast_to(np.asarray([0, 51, 255], dtype=np.uint8), a_clip().pixels.shape)
    tensor = to_clip_tensor(dataclasses.replace(a_clip(), pixels=np.ascontiguousarray(colour)), preprocessing())
    assert np.allclose(tensor.reshape(3, -1).T, [-1, (0.2 - 0.5) / 0.5, 1])


def test_only_the_middle_is_shown_where_the_card_wants_less_around_the_face() -> None:
    clip = a_clip()
    pixels = np.zeros_like(clip.pixels)
    pixels[:, 24:104, 24:104] = 255  # the middle 80 of 128 px, which is the face itself
    tensor = to_clip_tensor(dataclasses.replace(clip, pixels=pixels), preprocessing(face_scale=1.0))
    assert (tensor == 1).all()


def test_frames_keep_their_order() -> None:
    clip = a_clip()
    pixels = np.empty_like(clip.pixels)
    pixels[:] = np.arange(16, dtype=np.uint8)[:, None, None, None]
    tensor = to_clip_tensor(dataclasses.replace(clip, pixels=pixels), preprocessing())
    assert np.allclose((tensor[0, :, 0, 0] * 0.5 + 0.5) * 255, np.arange(16), atol=1e-3)


@pytest.mark.parametrize("changes", [{"frames": 32}, {"face_scale": 2.0}])
def test_a_card_that_wants_other_clips_is_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ModelInvalid, match="export the model again"):
        to_clip_tensor(a_clip(), preprocessing(**changes))


def test_a_card_without_a_mean_per_colour_is_refused() -> None:
    message = preprocessing()
    del message.mean[:]
    with pytest.raises(ModelInvalid, match="three numbers"):
        to_clip_tensor(a_clip(), message)
