"""Every picture that is left out has its reason, and val never loses one to train."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.manifest import Sample
from colab_training.pictures import FoundFace
from colab_training.preparation.examination import Examined, examine_all, sharpness
from colab_training.preparation.quality import Reason, contradictions, rejections
from colab_training.preparation.settings import QualitySettings
from tests.support.small_faces import drawing, write_drawing

SETTINGS = QualitySettings(min_side_px=64, min_face_px=40, min_sharpness=0.004)
LANDMARKS = np.zeros((5, 2), np.float32)


def sample(name: str, part: str = "fit", *, fake: bool = False) -> Sample:
    return Sample(f"source/{name}.jpg", fake, "kind", part, name)


def examined(root: Path, samples: list[Sample], face_px: float = 80.0) -> Examined:
    facts, unreadable = examine_all(root, samples)
    face = FoundFace((0.0, 0.0, face_px, face_px), LANDMARKS)
    return Examined(facts, unreadable, {each.file: face for each in samples if "no_face" not in each.file})


def reasons(found: Examined, groups: dict[str, str] | None = None) -> dict[str, Reason]:
    own = {facts.sample.group: facts.sample.group for facts in found.facts}
    return {each.sample.group: each.reason for each in rejections(found, groups or own, SETTINGS)}


def test_good_pictures_stay(tmp_path: Path) -> None:
    write_drawing(tmp_path / "source/good.jpg", 1)
    assert reasons(examined(tmp_path, [sample("good")])) == {}


def test_poor_pictures_go_for_their_reason(tmp_path: Path) -> None:
    write_drawing(tmp_path / "source/small.jpg", 1, side_px=32)
    write_drawing(tmp_path / "source/no_face.jpg", 2)
    (tmp_path / "source/text.jpg").write_text("no picture", encoding="utf-8")
    blurred = cv2.GaussianBlur(drawing(3), (0, 0), 4)
    cv2.imwrite(str(tmp_path / "source/blurred.jpg"), blurred)
    names = ("small", "no_face", "text", "blurred", "missing")
    assert reasons(examined(tmp_path, [sample(name) for name in names])) == {
        "small": Reason.TOO_SMALL,
        "no_face": Reason.NO_FACE,
        "text": Reason.UNREADABLE,
        "blurred": Reason.BLURRED,
        "missing": Reason.UNREADABLE,
    }


def test_a_small_face_goes(tmp_path: Path) -> None:
    write_drawing(tmp_path / "source/a.jpg", 1)
    assert reasons(examined(tmp_path, [sample("a")], face_px=39.0)) == {"a": Reason.SMALL_FACE}


def test_the_copy_in_train_goes_and_that_in_val_stays(tmp_path: Path) -> None:
    write_drawing(tmp_path / "source/a.jpg", 1)
    write_drawing(tmp_path / "source/b.jpg", 1)
    found = examined(tmp_path, [sample("a"), sample("b", "val")])
    (rejection,) = rejections(found, {"a": "a", "b": "b"}, SETTINGS)
    assert (rejection.sample.group, rejection.reason, rejection.other) == ("a", Reason.DUPLICATE, "source/b.jpg")


def test_the_whole_group_that_val_shows_is_not_learned_from(tmp_path: Path) -> None:
    for seed, name in enumerate("abcd"):
        write_drawing(tmp_path / f"source/{name}.jpg", seed)
    found = examined(tmp_path, [sample("a"), sample("b"), sample("c", "val"), sample("d")])
    joined = {"a": "a", "b": "a", "c": "a", "d": "d"}
    assert reasons(found, joined) == {"a": Reason.LEAK, "b": Reason.LEAK}


def test_the_same_file_called_real_and_fake_is_a_contradiction(tmp_path: Path) -> None:
    write_drawing(tmp_path / "source/a.jpg", 1)
    write_drawing(tmp_path / "source/b.jpg", 1)
    facts = examined(tmp_path, [sample("a"), sample("b", fake=True)]).facts
    assert contradictions(facts) == [("source/a.jpg", "source/b.jpg")]


def test_darkness_is_not_blur() -> None:
    luminance = cv2.cvtColor(drawing(1, 224), cv2.COLOR_RGB2GRAY)
    blurred = cv2.GaussianBlur(luminance, (0, 0), 8)
    assert sharpness(luminance // 4) == pytest.approx(sharpness(luminance), rel=0.1)
    assert sharpness(blurred) < 0.01 * sharpness(luminance)
