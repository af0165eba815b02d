from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from telltale.gateway.v1 import media_service_pb2
from telltale_client.errors import InvalidArgument
from telltale_client.source import Source, name_of, pieces_of

DATA = b"x" * (2**20 + 5)


class Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False


def upload(source: Source) -> list[media_service_pb2.UploadMediaRequest]:
    pieces = pieces_of(source, media_service_pb2.UploadMediaRequest, "image/png", request_id="r")
    first, second = list(pieces()), list(pieces())
    assert first == second, "trying again sends the same"
    return first  # type: ignore[return-value]


def test_bytes_paths_and_open_files_are_cut_alike(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(DATA)
    with (tmp_path / "a.png").open("rb") as file:
        uploads = [upload(source) for source in (DATA, tmp_path / "a.png", str(tmp_path / "a.png"), file)]
        assert not file.closed
    assert all(each == uploads[0] for each in uploads)
    assert [len(piece.file.data) for piece in uploads[0]] == [2**20, 5]


def test_facts_go_with_the_first_piece_alone() -> None:
    first, second = upload(DATA)
    assert (first.request_id, first.file.content_type) == ("r", "image/png")
    assert (second.request_id, second.file.content_type) == ("", "")


def test_nothing_is_one_piece_without_bytes() -> None:
    assert [piece.file.data for piece in upload(b"")] == [b""]


def test_an_open_file_is_read_from_where_it_stands() -> None:
    file = io.BytesIO(b"headerbody")
    file.seek(6)
    assert [piece.file.data for piece in upload(file)] == [b"body"]


def test_what_can_be_read_only_once_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="cannot be read twice"):
        upload(Pipe(b"x"))


def test_a_missing_file_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pieces_of(tmp_path / "nowhere", media_service_pb2.UploadMediaRequest, "", request_id="r")


@pytest.mark.parametrize(
    ("source", "name"), [("/a/b.jpg", "b.jpg"), (Path("c.jpg"), "c.jpg"), (b"x", ""), (io.BytesIO(), "")]
)
def test_a_file_is_shown_by_its_name_without_its_folder(source: Source, name: str) -> None:
    assert name_of(source) == name


def test_a_name_that_is_not_utf8_can_be_shown_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff.png")
    path.write_bytes(DATA)
    assert name_of(path) == "a?.png"
    pieces = pieces_of(path, media_service_pb2.UploadMediaRequest, "image/png", display_name=name_of(path))
    assert len(list(pieces())) == 2
