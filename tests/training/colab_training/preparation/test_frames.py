"""Clips give frames at the asked distance; a clip that gives none is an error."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colab_training.preparation.frames import extract_all, frames
from colab_training.preparation.settings import FrameSettings

SETTINGS = FrameSettings(every=10, most=3)
CLIP = {"file": "fake/a.mp4", "label": "fake", "kind": "lipsync", "source": "s", "split": "val", "has_audio": "0"}


def write_clip(path: Path, count: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (64, 48))
    for number in range(count):
        writer.write(np.full((48, 64, 3), 5 * number, np.uint8))
    writer.release()


def test_frames_lie_at_the_asked_distance(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", 50)
    found = list(frames(tmp_path / "a.mp4", SETTINGS))
    assert [number for number, _ in found] == [0, 10, 20]
    assert [round(float(pixels.mean()) / 5) for _, pixels in found] == pytest.approx([0, 10, 20], abs=1)


def test_a_short_clip_gives_what_it_has(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", 12)
    assert [number for number, _ in frames(tmp_path / "a.mp4", SETTINGS)] == [0, 10]


def test_what_is_no_clip_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no clip", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.mp4 is no clip"):
        list(frames(tmp_path / "a.mp4", SETTINGS))


def test_frames_keep_label_split_and_source_of_their_clip(tmp_path: Path) -> None:
    write_clip(tmp_path / "av/fake/a.mp4", 15)
    rows = extract_all(tmp_path / "av", [CLIP], tmp_path / "out", SETTINGS)
    assert [row["file"] for row in rows] == ["fake/a__00000.png", "fake/a__00010.png"]
    assert {(row["label"], row["split"], row["group"]) for row in rows} == {("fake", "val", "s")}
    assert all(cv2.imread(str(tmp_path / "out" / row["file"])).shape == (48, 64, 3) for row in rows)
