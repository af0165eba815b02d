from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.drift import photos
from bench.drift.photos import counted, noisy, one_kind, read_samples, smaller

PICTURE = np.random.default_rng(1).integers(0, 255, (90, 120, 3), np.uint8)
PHOTO = cv2.imencode(".jpg", PICTURE)[1].tobytes()


def manifest(folder: Path, groups: int) -> Path:
    """A real photo and a fake made of it in every group; a third of the groups is no part of what is fed."""
    rows = ["file,label,kind,split,group,native_face_width_px"]
    for number in range(groups):
        split = "train" if number % 3 == 0 else "val"
        rows += [f"swap_dfdc/{label}/{number}.jpg,{label},face_swap,{split},{number},200" for label in ("real", "fake")]
    (folder / "faces").mkdir()
    (folder / "faces" / "manifest.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_no_group_of_the_reference_is_fed_and_nothing_that_networks_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "REFERENCE", 41)
    reference, later = read_samples(manifest(tmp_path, 90))
    assert len(reference) == 41
    assert not {own.group for own in reference} & {own.group for own in later}
    assert {own.part for own in (*reference, *later)} == {"calibration", "val"}
    assert read_samples(tmp_path) == (reference, later)
    assert {(own.fake, own.source) for own in one_kind(later)} == {(True, "swap_dfdc")}
    assert sum(counted(reference).values()) == 41


def test_a_smaller_photo_has_a_third_of_both_sides() -> None:
    assert cv2.imdecode(np.frombuffer(smaller(PHOTO), np.uint8), cv2.IMREAD_COLOR).shape == (30, 40, 3)


def test_a_noisy_photo_has_its_size_and_is_the_same_every_time() -> None:
    assert noisy(PHOTO) == noisy(PHOTO)
    before, after = (
        cv2.imdecode(np.frombuffer(each, np.uint8), cv2.IMREAD_COLOR).astype(float) for each in (PHOTO, noisy(PHOTO))
    )
    assert before.shape == after.shape
    assert float(np.abs(before - after).mean()) > 8
