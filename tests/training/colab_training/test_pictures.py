"""Whose faces a picture gets: the teacher's where a model learns, the served finder's everywhere else; both found once."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("tqdm", reason="the training environment is not installed")

from colab_training.manifest import Sample
from colab_training.pictures import TEACHER_FILE, find_faces, served_file, teacher_faces
from kit.models.registry import Registry

ROOT = Path(__file__).parents[3]
MODELS = ROOT / "models"
PORTRAIT = ROOT / "samples" / "portrait.jpg"
TEACHERS, SERVED = [1.0, 2.0, 30.0, 40.0], [3.0, 4.0, 50.0, 60.0]


def sample(name: str, part: str) -> Sample:
    return Sample(name, False, "kind", part, name)


def entry(box: list[float]) -> dict[str, list]:
    return {"box_px": box, "landmarks_px": [[0.0, 0.0]] * 5}


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Faces of learn.jpg and of judge.jpg by both finders, and of nobody.jpg by the teacher, who found none."""
    served = served_file(Registry(MODELS).load("face_finder"))
    for name, box in ((TEACHER_FILE, TEACHERS), (served, SERVED)):
        known = {"learn.jpg": entry(box), "judge.jpg": entry(box), "nobody.jpg": None}
        (tmp_path / name).write_text(json.dumps(known))
    return tmp_path


def test_what_is_learned_from_has_the_teachers_faces_and_the_rest_has_the_served_finders(cache: Path) -> None:
    samples = [sample("learn.jpg", "fit"), sample("judge.jpg", "val")]
    faces = find_faces(Path("nowhere"), samples, MODELS, cache)
    assert faces["learn.jpg"].box_px == tuple(TEACHERS)
    assert faces["judge.jpg"].box_px == tuple(SERVED)


def test_what_the_teacher_misses_is_learned_from_with_the_served_finders_face(cache: Path) -> None:
    (cache / TEACHER_FILE).write_text(json.dumps({"learn.jpg": None}))
    faces = find_faces(Path("nowhere"), [sample("learn.jpg", "fit")], MODELS, cache)
    assert faces["learn.jpg"].box_px == tuple(SERVED)


def test_only_the_samples_that_were_asked_about_are_answered(cache: Path) -> None:
    assert set(find_faces(Path("nowhere"), [sample("learn.jpg", "fit")], MODELS, cache)) == {"learn.jpg"}


def test_a_sample_without_a_face_is_absent(cache: Path) -> None:
    assert teacher_faces(Path("nowhere"), [sample("nobody.jpg", "fit")], MODELS, cache) == {}


def test_a_new_picture_is_looked_at_once(tmp_path: Path) -> None:
    picture = cv2.imread(str(PORTRAIT))
    cv2.imwrite(str(tmp_path / "portrait.jpg"), picture)
    first = find_faces(tmp_path, [sample("portrait.jpg", "val")], MODELS, tmp_path / "cache")
    (tmp_path / "portrait.jpg").unlink()
    again = find_faces(tmp_path, [sample("portrait.jpg", "val")], MODELS, tmp_path / "cache")
    assert again["portrait.jpg"].box_px == first["portrait.jpg"].box_px
    np.testing.assert_array_equal(again["portrait.jpg"].landmarks_px, first["portrait.jpg"].landmarks_px)
