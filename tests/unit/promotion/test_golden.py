from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import InvalidRequest, NotFound
from promotion.golden import read_golden

HEAD = "file,label,kind,source"


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(name.encode())
    (folder / "golden.csv").write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return folder


def test_items_have_their_truth_and_where_they_are_from(tmp_path: Path) -> None:
    golden = read_golden(
        written(tmp_path, "a.jpg,real,image,cameras,", "b.jpg,fake,image,swaps,x", head=f"{HEAD},generator")
    )
    real, fake = golden.items
    assert (real.path, real.fake, real.kind, real.source) == (tmp_path / "a.jpg", False, "image", "cameras")
    assert (fake.fake, fake.generator) == (True, "x")


def test_another_file_in_its_place_is_another_set(tmp_path: Path) -> None:
    before = read_golden(written(tmp_path, "a.jpg,real,image,cameras")).sha256
    assert read_golden(tmp_path).sha256 == before
    (tmp_path / "a.jpg").write_bytes(b"other")
    assert read_golden(tmp_path).sha256 != before


def test_a_copy_under_another_name_is_not_another_item(tmp_path: Path) -> None:
    rows = written(tmp_path, "a.jpg,real,image,cameras", "c.jpg,real,image,cameras")
    (rows / "c.jpg").write_bytes((rows / "a.jpg").read_bytes())
    with pytest.raises(InvalidRequest, match=r"'a\.jpg' and 'c\.jpg' are the same file; list it once"):
        read_golden(rows)


def test_another_label_is_another_set(tmp_path: Path) -> None:
    before = read_golden(written(tmp_path, "a.jpg,real,image,cameras")).sha256
    assert read_golden(written(tmp_path, "a.jpg,fake,image,cameras")).sha256 != before


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("../a.jpg,real,image,x", "lies outside the folder"),
        ("/etc/hostname,real,image,x", "lies outside the folder"),
        ("link,real,image,x", "lies outside the folder"),
        ("c.jpg,real,image,x", "does not exist"),
        ("a.jpg,true,image,x", "needs a label"),
        ("a.jpg,real,photo,x", "a kind"),
        ("a.jpg,real,image,", "a source"),
        ("a.jpg,real,image,x\na.jpg,fake,image,x", "is listed 2 times"),
    ],
)
def test_a_row_that_is_wrong_is_named(tmp_path: Path, row: str, problem: str) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")
    with pytest.raises(InvalidRequest, match=problem):
        read_golden(written(tmp_path, row))


def test_a_list_without_a_column_names_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no column source"):
        read_golden(written(tmp_path, "a.jpg,real,image", head="file,label,kind"))


def test_a_folder_without_a_list_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"golden\.csv"):
        read_golden(tmp_path)
