from __future__ import annotations

from pathlib import Path

import numpy as np

from colab_training.manifest import Sample
from colab_training.whole_picture.alike import CUT, FRAMED, Alike, fair_read
from colab_training.whole_picture.sources import Labelled
from metadata_svc.reading import jpeg
from tests.support.image import noisy_picture


def test_pictures_of_two_sizes_come_out_alike() -> None:
    files = [CUT.jpeg(noisy_picture(*size)) for size in ((218, 178), (256, 256))]
    structures = [jpeg.structure(data) for data in files]
    assert {(s["quality_estimate"], s["subsampling"]) for s in structures} == {(90, "4:2:0")}
    dark, light = (CUT.made(noisy_picture(218, 178) + shift) for shift in (0, 80))
    assert dark.shape == light.shape == (128, 128, 3)
    np.testing.assert_allclose(dark.mean(axis=(0, 1)), light.mean(axis=(0, 1)), atol=1)


def test_the_middle_is_kept() -> None:
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[:, 50:150] = 250
    assert Alike("middle", centre_px=100, side_px=64).made(picture).std() < 1


def test_only_the_source_whose_classes_differ_is_read_alike() -> None:
    def labelled(source: str) -> Labelled:
        return Labelled(Path("x.jpg"), Sample(f"{source}/x.jpg", False, "gan", "fit", "x"))

    assert fair_read(labelled("gan_genphotos")) == FRAMED.read
    assert fair_read(labelled("scenes")) == Labelled.read
