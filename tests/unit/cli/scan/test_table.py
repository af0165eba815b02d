from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from cli.scan.table import COLUMNS, defused, row_of, write_atomically, writer
from kit.errors import EmptyMedia, InvalidRequest
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from tests.support.analyses import analysis

JUDGED = analysis(verdict_pb2.LABEL_MANIPULATED)
JUDGED.info.kind, JUDGED.info.mime_type = media_pb2.MEDIA_KIND_IMAGE, "image/png"
ROWS = [{**row_of(JUDGED), "file": "a.png"}, {**row_of(EmptyMedia("no bytes; choose another")), "file": "=b.png"}]


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_verdict_is_a_line_of_the_csv() -> None:
    header, judged, _ = cells(writer(Path("x.csv"))(ROWS))
    assert tuple(header) == COLUMNS
    assert judged[:6] == ["a.png", "MANIPULATED", "81.8", "0.9", "image", "image/png"]


def test_an_error_is_one_too_with_its_reason() -> None:
    failed = dict(zip(COLUMNS, cells(writer(Path("x.csv"))(ROWS))[2], strict=True))
    assert (failed["label"], failed["error_reason"]) == ("", "EMPTY_MEDIA")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1+1"])
def test_a_name_is_no_formula(name: str) -> None:
    assert defused(name) == f"'{name}"
    text = writer(Path("x.csv"))([{"file": name}])
    assert cells(text)[1][0].startswith("'")


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert defused("a=b.jpg") == "a=b.jpg"


def test_json_holds_all_that_is_known() -> None:
    document = json.loads(writer(Path("x.json"))(ROWS))
    lines = [json.loads(line) for line in writer(Path("x.jsonl"))(ROWS).splitlines()]
    assert document["files"] == lines
    assert lines[0]["signals"] == {"face_spatial": None, "frequency": 1.5}


def test_another_ending_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"\.csv, \.json, \.jsonl"):
        writer(Path("x.xlsx"))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="there is no folder"):
        writer(tmp_path / "nowhere" / "x.csv")


@pytest.mark.parametrize("ending", [".csv", ".json", ".jsonl"])
def test_names_that_are_no_utf_8_can_be_written(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"x{ending}"
    write_atomically(out, writer(out)([{"file": os.fsdecode(b"\xff.jpg")}]))
    assert b"udcff.jpg" in out.read_bytes()


def test_a_table_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    write_atomically(tmp_path / "x.csv", "one")
    write_atomically(tmp_path / "x.csv", "two")
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert (tmp_path / "x.csv").read_text() == "two"
