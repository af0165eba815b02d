"""Encoded clips hold the pictures they were made of, at the size, rate and quality that were asked for."""

from __future__ import annotations

import io

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

import av

from colab_training.video.encode import Encoding, encoded, random_encoding, reencoded
from tests.training.colab_training.video.made_up import footage

PIXELS = footage(frames=5, side_px=64).pixels


def decoded(data: bytes) -> tuple[np.ndarray, float, int]:
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        pictures = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(stream)])
        return pictures, float(stream.average_rate), len(container.streams)


def test_an_encoded_clip_shows_its_pictures_in_order_at_its_rate_without_sound() -> None:
    pictures, rate_fps, streams = decoded(encoded(PIXELS, 12.5, Encoding(18, 1.0)))
    assert pictures.shape == PIXELS.shape
    assert (rate_fps, streams) == (pytest.approx(12.5), 1)
    gaps = np.abs(pictures[:, None].astype(int) - PIXELS[None]).mean(axis=(2, 3, 4))
    assert (gaps.argmin(axis=1) // 2 == np.arange(5) // 2).all()  # the drawing moves every other frame


def test_a_smaller_scale_gives_smaller_pictures_of_even_sides() -> None:
    pictures, _, _ = decoded(encoded(PIXELS[:, :50], 25, Encoding(18, 0.55)))
    assert pictures.shape == (5, 28, 36, 3)


def test_a_higher_rate_factor_makes_a_smaller_file() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)
    fine, coarse = (len(encoded(noise, 25, Encoding(factor, 1.0))) for factor in (18, 35))
    assert coarse < fine / 2


def test_what_is_encoded_again_keeps_pictures_and_rate() -> None:
    pictures, rate_fps, _ = decoded(reencoded(encoded(PIXELS, 15, Encoding(18, 1.0)), Encoding(32, 0.5)))
    assert pictures.shape == (5, 32, 32, 3)
    assert rate_fps == pytest.approx(15)


@pytest.mark.parametrize("face_px", [40.0, 60.0, 200.0])
def test_faces_stay_large_enough_where_they_were(face_px: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        encoding = random_encoding(rng, face_px, 48.0)
        assert 18 <= encoding.constant_rate_factor < 36
        assert min(48.0, face_px) - 1e-9 <= encoding.scale * face_px <= face_px
