from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.serving.photos import SIZES_PX, photos
from bench.serving.work import pixels

SAMPLES = Path(__file__).parents[4] / "samples"


def test_photos_are_all_different_of_every_size_and_the_same_each_time() -> None:
    made = photos(SAMPLES, 8)
    decoded = [cv2.imdecode(np.frombuffer(each, np.uint8), cv2.IMREAD_COLOR) for each in made]
    sizes = [picture.shape[1::-1] for picture in decoded if picture is not None]
    assert len(set(made)) == 8
    assert sizes == [*SIZES_PX, *SIZES_PX]
    assert photos(SAMPLES, 2) == made[:2]


def test_a_folder_without_samples_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="repository's root"):
        photos(tmp_path, 1)


def test_the_work_sees_a_photo_in_rgb_between_minus_one_and_one() -> None:
    blue = np.zeros((480, 640, 3), np.uint8)
    blue[..., 0] = 255  # OpenCV writes BGR
    seen = pixels(cv2.imencode(".png", blue)[1].tobytes())
    assert seen.shape == (1, 3, 224, 224)
    assert seen.dtype == np.float32
    assert seen[0, :, 100, 100] == pytest.approx([-1, -1, 1])


def test_what_is_no_photo_is_refused() -> None:
    with pytest.raises(ValueError, match="no JPEG"):
        pixels(b"not a photo")
