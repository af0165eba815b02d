"""A whole preparation of a small data set with one of each fault, from the folder to the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.manifest import read_manifest
from colab_training.pictures import TEACHER_FILE, served_file
from colab_training.preparation.report import Report
from colab_training.preparation.run import Places, prepare
from colab_training.preparation.settings import load_settings
from kit.models.registry import Registry
from tests.support.small_faces import write_drawing, write_manifest

ROOT = Path(__file__).parents[4]
CONFIG = ROOT / "colab_training" / "configs" / "preparation.toml"
GROUPS = 24


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Fakes have another quality; real 0 (train) shows what real 1 (val) shows."""
    folder = tmp_path_factory.mktemp("preparation")
    lines, faces = [], {}
    for number in range(GROUPS):
        for label, quality in (("real", 92), ("fake", 70)):
            file = f"made_up/{label}/{number}.jpg"
            seed = (1 if number == 0 and label == "real" else number) + (100 if label == "fake" else 0)
            write_drawing(folder / "data/faces" / file, seed, quality - (number == 0))
            lines.append(f"{file},{label},kind,{'val' if number % 4 == 1 else 'train'},g{number}")
            faces[file] = {"box_px": [20, 20, 120, 120], "landmarks_px": [[0, 0]] * 5}
    write_manifest(folder / "data/faces", lines)
    write_drawing(folder / "data/scenes/real/a.jpg", 500)
    (folder / "cache").mkdir()
    for name in (TEACHER_FILE, served_file(Registry(ROOT / "models").load("face_finder"))):
        (folder / "cache" / name).write_text(json.dumps(faces), encoding="utf-8")
    return Places(folder / "data", folder / "out", ROOT / "models", folder / "cache")


@pytest.fixture(scope="module")
def report(places: Places) -> Report:
    return prepare(places, load_settings(CONFIG))


def test_both_pictures_of_the_leaking_group_are_left_out(report: Report) -> None:
    assert sorted(each.sample.file for each in report.rejections) == ["made_up/fake/0.jpg", "made_up/real/0.jpg"]
    assert report.kept == 2 * GROUPS - 2


def test_the_prepared_folder_has_no_group_on_both_sides(report: Report, places: Places) -> None:
    samples = read_manifest(places.prepared / "faces")
    assert len(samples) == report.kept
    val = {sample.group for sample in samples if sample.part == "val"}
    assert not val & {sample.group for sample in samples if sample.part != "val"}
    assert (places.prepared / "scenes/real/a.jpg").is_symlink()


def test_the_report_names_the_shared_recording(report: Report) -> None:
    assert [(pair.first, pair.second, pair.crosses_val) for pair in report.leakage.recurrences] == [
        ("made_up/real/0.jpg", "made_up/real/1.jpg", True)
    ]
    assert report.leakage.groups_in_two_splits == []
    assert report.leakage.joined_groups_in_two_splits == ["g0"]


def test_the_report_finds_the_shortcut(report: Report) -> None:
    row = report.leakage.shortcuts["made_up"]
    assert row["compression"].value > 0.95
    assert row["size"].value == 0.5


def test_the_findings_are_written_as_json_text_and_plots(report: Report, places: Places) -> None:
    document = json.loads((places.out / "report.json").read_text(encoding="utf-8"))
    assert document["kept"] == report.kept
    assert [row["jpeg_quality"][1] for row in document["statistics"]] == [92, 70]
    assert "made_up/real/1.jpg" in (places.out / "REPORT.md").read_text(encoding="utf-8")
    assert {path.name for path in places.out.glob("*.png")} == {
        "sources.png", "outside.png", "shortcuts.png", "recurrences.png"
    }  # fmt: skip
