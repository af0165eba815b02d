from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.errors import InvalidSettings, StorageUnavailable
from kit.predictions import to_line
from monitoring.drift.log import Log, open_log, read_all
from tests.support.clock import FakeClock
from tests.support.predictions import PHOTO, write_log

START = datetime.fromtimestamp(PHOTO.time_s, UTC)
DAY = START.date().isoformat()


def log_of(folder: Path, window: int = 100, hours: float = 24.0) -> tuple[Log, FakeClock]:
    clock = FakeClock(START)
    return Log(open_log(str(folder)), clock, window, hours), clock


def at(seconds: int) -> int:
    return PHOTO.time_s + seconds


def test_half_written_and_foreign_lines_are_counted_and_left_out(tmp_path: Path) -> None:
    line = to_line(PHOTO)
    wrong = [line[:40], "[]\n", '{"format": 2}\n', line.replace("20.0", "NaN"), "\x00\xff\n"]
    (tmp_path / DAY).mkdir()
    (tmp_path / DAY / "000000-a.jsonl").write_text(line + "\n".join(own.strip("\n") for own in wrong), encoding="utf-8")
    found = read_all(open_log(str(tmp_path)))
    assert (list(found.predictions), found.foreign) == ([PHOTO], len(wrong))


def test_only_the_newest_predictions_of_each_medium_are_in_the_window(tmp_path: Path) -> None:
    photos = [replace(PHOTO, time_s=at(-number)) for number in range(5)]
    video = replace(PHOTO, medium="video", time_s=at(-90))
    write_log(tmp_path, [video, *photos], f"{DAY}/000000-a.jsonl")
    log, _ = log_of(tmp_path, window=3)
    windows = log.look().windows
    assert [own.time_s - PHOTO.time_s for own in windows["photo"]] == [-2, -1, 0]
    assert list(windows["video"]) == [video]


def test_what_is_too_old_or_recalled_is_left_out(tmp_path: Path) -> None:
    write_log(tmp_path, [replace(PHOTO, time_s=at(-3601)), replace(PHOTO, recalled=True)], f"{DAY}/000000-a.jsonl")
    log, _ = log_of(tmp_path, hours=1.0)
    assert log.look().windows == {}


def test_a_new_segment_is_found_and_an_old_one_is_not_read_again(tmp_path: Path) -> None:
    write_log(tmp_path, [PHOTO], f"{DAY}/000000-a.jsonl")
    log, clock = log_of(tmp_path)
    assert len(log.look().windows["photo"]) == 1
    (tmp_path / DAY / "000000-a.jsonl").write_text("changed, which segments never are", encoding="utf-8")
    write_log(tmp_path, [replace(PHOTO, time_s=at(30))], f"{DAY}/000030-b.jsonl")
    clock.advance(60)
    assert len(log.look().windows["photo"]) == 2


def test_a_window_spans_midnight(tmp_path: Path) -> None:
    before = replace(PHOTO, time_s=at(-20 * 3600))
    write_log(tmp_path, [before], f"{datetime.fromtimestamp(before.time_s, UTC).date().isoformat()}/230000-a.jsonl")
    write_log(tmp_path, [PHOTO], f"{DAY}/000000-a.jsonl")
    assert len(log_of(tmp_path)[0].look().windows["photo"]) == 2


def test_other_files_are_not_read(tmp_path: Path) -> None:
    write_log(tmp_path, [PHOTO], f"{DAY}/notes.txt")
    write_log(tmp_path, [PHOTO], "elsewhere/000000-a.jsonl")
    assert read_all(open_log(str(tmp_path))).predictions == []


def test_a_log_that_is_not_there_is_a_wrong_setting_and_one_that_goes_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="prediction log"):
        open_log(str(tmp_path / "nowhere"))
    (tmp_path / "log").mkdir()
    log, _ = log_of(tmp_path / "log")
    (tmp_path / "log").rmdir()
    with pytest.raises(StorageUnavailable, match="reachable"):
        log.look()
