"""Pictures fall into parts by their group alone."""

from __future__ import annotations

from pathlib import Path

from colab_training.manifest import CALIBRATION_SHARE, part, read_manifest

HEAD = "file,label,kind,split,group,native_face_width_px\n"


def manifest(folder: Path, lines: list[str]) -> Path:
    (folder / "manifest.csv").write_text(HEAD + "\n".join(lines), encoding="utf-8")
    return folder


def test_a_group_never_falls_into_two_parts(tmp_path: Path) -> None:
    lines = [f"a/{label}/{n}.jpg,{label},gan,train,g{n // 2},1" for n in range(400) for label in ("real", "fake")]
    samples = read_manifest(manifest(tmp_path, lines))
    parts = {
        group: {sample.part for sample in samples if sample.group == group} for group in {s.group for s in samples}
    }
    assert all(len(names) == 1 for names in parts.values())


def test_about_a_fifth_of_the_training_groups_calibrates(tmp_path: Path) -> None:
    lines = [f"a/real/{n}.jpg,real,gan,train,g{n},1" for n in range(2000)]
    samples = read_manifest(manifest(tmp_path, lines))
    assert abs(len(part(samples, "calibration")) / 2000 - CALIBRATION_SHARE) < 0.03
    assert len(part(samples, "fit")) + len(part(samples, "calibration")) == 2000


def test_val_stays_val(tmp_path: Path) -> None:
    samples = read_manifest(manifest(tmp_path, [f"a/real/{n}.jpg,real,gan,val,g{n},1" for n in range(50)]))
    assert len(part(samples, "val")) == 50


def test_a_picture_without_a_group_is_its_own(tmp_path: Path) -> None:
    sample = read_manifest(manifest(tmp_path, ["swap/fake/x.jpg,fake,face_swap,train,,"]))[0]
    assert (sample.group, sample.source, sample.fake) == ("swap/fake/x.jpg", "swap", True)


def test_adding_pictures_moves_nobody(tmp_path: Path) -> None:
    lines = [f"a/real/{n}.jpg,real,gan,train,g{n},1" for n in range(100)]
    before = {sample.file: sample.part for sample in read_manifest(manifest(tmp_path, lines[50:]))}
    after = {sample.file: sample.part for sample in read_manifest(manifest(tmp_path, lines))}
    assert before.items() <= after.items()
