from __future__ import annotations

import pytest

pytest.importorskip("scipy", reason="the training dependencies are not installed")

import numpy as np

from colab_training.exif_anomaly.files import ORIGINAL, cameras, examples
from colab_training.exif_anomaly.forgeries import FORGERIES
from metadata_svc.cues.exif_traits import traits_of
from metadata_svc.unsandboxed import read_facts
from tests.support.metadata_files import DATA, needs_data

PHOTO = "exif/meta_drewnoakes__FujiFilm_FinePix40i.jpg"
OTHER = "exif/meta_ianare__22-canon_tags.jpg"
SHOWN = {
    "tags stripped": "maker_note_missing",
    "make and model swapped": "maker_note_foreign",
    "dates moved": "dates_apart",
    "position added": "types_unusual",
    "saved again": "jfif",
    "few tags forged": "mandatory_missing",
    "many tags forged": "maker_note_missing",
    "EXIF transplanted": "jfif",
}


@needs_data
@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forgery_shows_its_trait_in_most_draws(kind: str) -> None:
    photo, other, rng = (DATA / PHOTO).read_bytes(), (DATA / OTHER).read_bytes(), np.random.default_rng(0)
    drawn = [traits_of(read_facts(FORGERIES[kind](photo, other, rng))) for _ in range(5)]
    assert sum((traits or {}).get(SHOWN[kind], 0.0) > 0 for traits in drawn) >= 3


@needs_data
def test_every_camera_file_gives_one_original_and_its_forgeries() -> None:
    two = [camera for camera in cameras(DATA.parent) if "FinePix40i" in camera.name or "22-canon" in camera.name]
    found = examples(two, draws=1, seed=0)
    assert [example.kind for example in found].count(ORIGINAL) == 2
    assert {example.kind for example in found} == {ORIGINAL, *FORGERIES}
