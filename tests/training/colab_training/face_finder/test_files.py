"""What ultralytics reads: labels, folders and the split of the scenes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.face_finder.annotated import Annotated, no_faces
from colab_training.face_finder.compose import Material
from colab_training.face_finder.files import label_lines, portraits, write_listing, write_pictures
from colab_training.face_finder.scenes import HELD_BACK, WITH_PEOPLE, read_scenes
from colab_training.face_finder.settings import load_settings
from colab_training.manifest import Sample
from colab_training.pictures import FoundFace

SMOKE = Path(__file__).parents[4] / "colab_training" / "configs" / "smoke" / "face_finder.toml"
GROUND = np.zeros((50, 100, 3), np.uint8)


def annotated(box: list[float], landmarks: list[list[float]]) -> Annotated:
    return Annotated(GROUND, np.asarray([box], np.float32), np.asarray([landmarks], np.float32))


def numbers(picture: Annotated) -> list[float]:
    return [float(word) for word in label_lines(picture).split()]


def test_a_label_is_class_box_and_landmarks_in_shares_of_the_picture() -> None:
    line = numbers(annotated([20, 10, 60, 30], [[30, 20]] * 5))
    assert line[:5] == [0, 0.4, 0.4, 0.4, 0.4]
    assert line[5:8] == [0.3, 0.4, 2.0]
    assert len(line) == 20


def test_what_lies_outside_is_cut_off_and_landmarks_there_are_unseen() -> None:
    line = numbers(annotated([-20, 0, 40, 50], [[-5, 20], [10, 20], [5, 25], [2, 30], [8, 30]]))
    assert line[1:5] == [0.2, 0.5, 0.4, 1.0]
    assert line[5:8] == [0.0, 0.4, 0.0]
    assert line[8:11] == [0.1, 0.4, 2.0]


def test_a_face_almost_wholly_outside_has_no_label() -> None:
    assert label_lines(annotated([-60, 0, 2, 50], [[0, 0]] * 5)) == ""


@pytest.fixture
def pieces() -> Material:
    def face(_: np.random.Generator) -> Annotated:
        return annotated([40, 10, 60, 40], [[45, 20], [55, 20], [50, 25], [46, 32], [54, 32]])

    return Material(face, lambda _: GROUND)


def test_pictures_are_written_once(tmp_path: Path, pieces: Material) -> None:
    how = load_settings(SMOKE).pictures
    write_pictures(tmp_path, pieces, how, 3, seed=1)
    first = (tmp_path / "images" / "00000.jpg").stat().st_mtime_ns
    write_pictures(tmp_path, pieces, how, 3, seed=1)
    assert (tmp_path / "images" / "00000.jpg").stat().st_mtime_ns == first
    assert len(list((tmp_path / "labels").iterdir())) == 3


def test_another_seed_writes_other_pictures(tmp_path: Path, pieces: Material) -> None:
    how = load_settings(SMOKE).pictures
    write_pictures(tmp_path, pieces, how, 2, seed=1)
    before = (tmp_path / "images" / "00000.jpg").read_bytes()
    write_pictures(tmp_path, pieces, how, 2, seed=2)
    assert (tmp_path / "images" / "00000.jpg").read_bytes() != before


def test_the_listing_tells_which_landmarks_mirroring_swaps(tmp_path: Path) -> None:
    listing = yaml.safe_load(write_listing(tmp_path).read_text())
    assert listing["kpt_shape"] == [5, 3]
    assert listing["flip_idx"] == [1, 0, 2, 4, 3]


def test_samples_without_a_face_are_no_portraits() -> None:
    samples = [Sample(f"source/{name}.jpg", False, "kind", "fit", name) for name in "ab"]
    face = FoundFace((0.0, 0.0, 9.0, 9.0), np.zeros((5, 2), np.float32))
    assert portraits(Path(), samples, {"source/a.jpg": face}).by_source == {"source": [samples[0]]}


def test_scenes_are_held_back_by_their_names_and_people_are_in_no_part(tmp_path: Path) -> None:
    folder = tmp_path / "scenes" / "real"
    folder.mkdir(parents=True)
    for name in [f"{number}.JPEG" for number in range(60)] + sorted(WITH_PEOPLE):
        (folder / name).touch()
    scenes = read_scenes(tmp_path)
    assert not set(scenes.learned) & set(scenes.held_back)
    assert not {photo.name for photo in scenes.learned + scenes.held_back} & WITH_PEOPLE
    assert len(scenes.held_back) <= HELD_BACK
    assert len(scenes.learned) + len(scenes.held_back) == 60


def test_too_few_scenes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "scenes" / "real").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="more than 25"):
        read_scenes(tmp_path)


def test_a_picture_without_faces_has_an_empty_label() -> None:
    assert label_lines(Annotated(GROUND, *no_faces())) == ""
