"""The list of clips is read as it stands, and its digest changes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_training.video.manifest import Clip, clips_manifest_sha256, read_clips_manifest

HEAD = "file,label,kind,source,has_audio,split\n"


def write(folder: Path, lines: str) -> None:
    (folder / "manifest.csv").write_text(HEAD + lines, encoding="utf-8")


def test_clips_come_in_the_order_of_the_manifest(tmp_path: Path) -> None:
    write(tmp_path, "real/b.mp4,real,lab_talk,grid_s1,1,train\nfake/a.mp4,fake,talking_head,float,0,val\n")
    assert read_clips_manifest(tmp_path) == [
        Clip("real/b.mp4", False, "lab_talk", "grid_s1", "train"),
        Clip("fake/a.mp4", True, "talking_head", "float", "val"),
    ]


def test_another_line_is_another_digest(tmp_path: Path) -> None:
    write(tmp_path, "real/b.mp4,real,lab_talk,grid_s1,1,train\n")
    first = clips_manifest_sha256(tmp_path)
    write(tmp_path, "real/b.mp4,real,lab_talk,grid_s1,1,val\n")
    assert clips_manifest_sha256(tmp_path) != first


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_clips_manifest(tmp_path)
