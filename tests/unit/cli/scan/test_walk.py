from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.scan.walk import Found, look_into
from kit.errors import InvalidRequest
from tests.support import media_factory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("b.txt", "deep/er/a.bin", "deep/c.jpg"):
        (tmp_path / name).write_bytes(media_factory.jpeg())
    (tmp_path / "song.jpg").write_bytes(b"no picture")
    return tmp_path


def look(folder: Path, *, recursive: bool = True, most: int = 100) -> Found:
    return look_into(folder, recursive=recursive, most=most)


def test_files_are_told_by_their_bytes_and_not_by_their_names(folder: Path) -> None:
    found = look(folder)
    assert [media.name for media in found.media] == ["b.txt", "deep/c.jpg", "deep/er/a.bin"]
    assert found.skipped == ["song.jpg"]


def test_folders_in_it_can_be_left_alone(folder: Path) -> None:
    assert [media.name for media in look(folder, recursive=False).media] == ["b.txt"]


def test_a_circle_of_links_has_an_end(folder: Path) -> None:
    (folder / "deep" / "up").symlink_to(folder)
    assert len(look(folder).media) == 3


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert "pipe" in look(folder).skipped


def test_a_link_that_leads_nowhere_is_skipped(folder: Path) -> None:
    (folder / "gone.jpg").symlink_to(folder / "nowhere")
    assert "gone.jpg" in look(folder).skipped


def test_too_many_files_are_told_before_anything_is_sent(folder: Path) -> None:
    with pytest.raises(InvalidRequest, match="more than 3 files"):
        look(folder, most=3)


def test_our_own_files_are_none_of_the_folders(folder: Path) -> None:
    found = look_into(folder, recursive=False, most=9, leave_out=frozenset({(folder / "b.txt").resolve()}))
    assert found.media == []


def test_a_file_is_no_folder(folder: Path) -> None:
    with pytest.raises(InvalidRequest, match="is no folder"):
        look(folder / "b.txt")


def test_a_link_that_leads_to_itself_is_skipped(folder: Path) -> None:
    (folder / "loop.jpg").symlink_to("loop.jpg")
    assert "loop.jpg" in look(folder).skipped


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_folder_has_its_path_from_the_folder_like_every_file(folder: Path) -> None:
    (folder / "deep" / "er").chmod(0)
    assert set(look(folder).unreadable) == {"deep/er"}
