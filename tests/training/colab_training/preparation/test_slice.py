"""A slice is small, says what the whole said, and copies nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_training.manifest import read_manifest
from colab_training.preparation.folder import link, read_rows
from colab_training.preparation.slice import cut
from tests.support.small_faces import write_drawing, write_manifest


@pytest.fixture
def data(tmp_path: Path) -> Path:
    names = [(label, split, n) for label in ("real", "fake") for split in ("train", "val") for n in range(5)]
    lines = [f"swap/{label}/{split}{n}.jpg,{label},face_swap,{split},{split}{n}" for label, split, n in names]
    write_manifest(tmp_path / "data/faces", lines)
    for label, split, number in names:
        write_drawing(tmp_path / f"data/faces/swap/{label}/{split}{number}.jpg", number)
    for number in range(9):
        write_drawing(tmp_path / f"data/scenes/real/{number}.jpg", number)
    return tmp_path / "data"


@pytest.fixture
def clips(data: Path) -> Path:
    """Three sources of each class: the first has as many clips as all others together."""
    lines = ["file,label,kind,source,has_audio,split"]
    for label in ("real", "fake"):
        for split in ("train", "val"):
            for source, count in (("a", 8), ("b", 4), ("c", 4)):
                names = [f"{label}/{source}{split}{number}.mp4" for number in range(count)]
                lines += [f"{name},{label},kind,{source},1,{split}" for name in names]
    (data / "av").mkdir()
    (data / "av/manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return data


def test_clips_of_a_slice_are_of_both_classes_and_splits_and_of_every_source(clips: Path, tmp_path: Path) -> None:
    cut(clips, tmp_path / "slice", 3)
    rows = read_rows(tmp_path / "slice/av")
    parts: dict[tuple[str, str], set[str]] = {(row["label"], row["split"]): set() for row in rows}
    for row in rows:
        parts[row["label"], row["split"]].add(row["source"])
    assert len(rows) == 12
    assert len(parts) == 4
    assert all(sources == {"a", "b", "c"} for sources in parts.values())


def test_more_clips_than_sources_take_turns(clips: Path, tmp_path: Path) -> None:
    cut(clips, tmp_path / "slice", 7)
    here = [
        row["source"] for row in read_rows(tmp_path / "slice/av") if (row["label"], row["split"]) == ("real", "val")
    ]
    assert sorted(here) in (
        ["a", "a", "a", "b", "b", "c", "c"],
        ["a", "a", "b", "b", "b", "c", "c"],
        ["a", "a", "b", "b", "c", "c", "c"],
    )


def test_speech_of_a_slice_is_three_times_as_much_and_of_every_source(data: Path, tmp_path: Path) -> None:
    lines = ["file,label,system,source,speaker,licence,split,seconds"]
    for source in ("a", "b", "c", "d"):
        lines += [f"real/{source}{number}.flac,real,,{source},{number},free,train,3.0" for number in range(5)]
    (data / "speech").mkdir()
    (data / "speech/manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    cut(data, tmp_path / "slice", 2)
    rows = read_rows(tmp_path / "slice/speech")
    assert len(rows) == 6
    assert {row["source"] for row in rows} == {"a", "b", "c", "d"}


def test_a_slice_has_some_of_everything(data: Path, tmp_path: Path) -> None:
    assert cut(data, tmp_path / "slice", 3) == 12
    samples = read_manifest(tmp_path / "slice/faces")
    assert sum(sample.fake for sample in samples) == sum(sample.part == "val" for sample in samples) == 6
    assert len(list((tmp_path / "slice/scenes/real").iterdir())) == 9


def test_a_slice_is_made_of_links_that_lead_somewhere(data: Path, tmp_path: Path) -> None:
    cut(data, tmp_path / "slice", 2)
    files = list((tmp_path / "slice/faces").rglob("*.jpg"))
    assert files
    assert all(path.is_symlink() and path.read_bytes() for path in files)


def test_real_and_fake_of_a_recording_stay_together(data: Path, tmp_path: Path) -> None:
    cut(data, tmp_path / "slice", 2)
    samples = read_manifest(tmp_path / "slice/faces")
    assert {s.group for s in samples if s.fake} == {s.group for s in samples if not s.fake}


def test_a_slice_can_be_made_again(data: Path, tmp_path: Path) -> None:
    assert cut(data, tmp_path / "slice", 2) == cut(data, tmp_path / "slice", 2)


def test_a_real_file_is_never_replaced_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept.jpg").write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        link(tmp_path / "other.jpg", tmp_path / "kept.jpg")
