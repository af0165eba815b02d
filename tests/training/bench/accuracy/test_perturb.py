"""What is done to pictures in the robustness grid."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import cv2
import numpy as np

from bench.accuracy import perturb
from metadata_svc.reading import jpeg


def picture() -> np.ndarray:
    """A square of grey ramps, red brighter than blue, with a white corner."""
    ramp = np.tile(np.linspace(40, 200, 100), (100, 1))
    pixels = np.stack([ramp + 30, ramp, ramp - 30], axis=2).astype(np.uint8)
    pixels[:20, :20] = 255
    return pixels


def decoded(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(int)


@pytest.mark.parametrize("name", list(perturb.PERTURBATIONS))
def test_a_change_gives_the_same_bytes_every_time_and_keeps_colours_in_order(name: str) -> None:
    change = perturb.PERTURBATIONS[name]
    assert change(picture()) == change(picture())
    pixels = decoded(change(picture()))
    assert pixels[..., 0].mean() > pixels[..., 1].mean() + 20 > pixels[..., 2].mean() + 40


def test_jpeg_has_the_asked_quality() -> None:
    structure = jpeg.structure(perturb.jpeg(picture(), 40))
    assert (structure["quality_estimate"], structure["subsampling"]) == (40, "4:2:0")


def test_sizes_change_by_the_factor() -> None:
    assert decoded(perturb.resized(picture(), 0.5)).shape == (50, 50, 3)
    assert decoded(perturb.resized(picture(), 2.0)).shape == (200, 200, 3)
    assert decoded(perturb.screenshot(picture(), 70)).shape == (80, 80, 3)


def test_noise_has_the_asked_strength() -> None:
    flat = np.full((100, 100, 3), 128, np.uint8)
    assert decoded(perturb.noisy(flat, 5.0)).std() == pytest.approx(5.0, abs=0.2)


def test_blur_takes_detail_away_and_a_screenshot_sharpens() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(100, 156, (100, 100, 3), dtype=np.uint8)
    smaller = cv2.resize(noise, (80, 80), interpolation=cv2.INTER_LINEAR)
    assert decoded(perturb.blurred(noise, 1.0)).std() < noise.std() / 2
    assert decoded(perturb.screenshot(noise, None)).std() > smaller.std()


def test_mirroring_moves_the_corner() -> None:
    mirrored = decoded(perturb.mirrored(picture()))
    assert (mirrored[:20, -20:] == 255).all()
