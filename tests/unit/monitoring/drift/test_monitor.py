from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from structlog.testing import capture_logs

from kit.telemetry import exposition
from monitoring.drift.log import Log, open_log
from monitoring.drift.metrics import Board
from monitoring.drift.monitor import Monitor
from monitoring.drift.reference import make
from tests.support.clock import FakeClock
from tests.support.predictions import PHOTO, usual, write_log

START = datetime.fromtimestamp(PHOTO.time_s, UTC)
DAY = START.date().isoformat()
SMALL = [replace(own, megapixels=0.01) for own in usual(200, seed=3)]


def monitor_of(folder: Path, board: Board) -> tuple[Monitor, FakeClock]:
    folder.mkdir(exist_ok=True)
    clock = FakeClock(START)
    log = Log(open_log(str(folder)), clock, 200, 24.0)
    return Monitor(log, make(usual(1000), {}), board, clock), clock


def gauge(name: str, what: str) -> float | None:
    found = re.search(rf'^telltale_drift_{name}\{{medium="photo",what="{what}"\}} (\S+)$', exposition(), re.MULTILINE)
    return float(found[1]) if found else None


def test_an_alarm_is_exported_while_something_has_moved_and_logged_once(tmp_path: Path) -> None:
    board = Board()
    with board.shown(), capture_logs() as told:
        monitor, clock = monitor_of(tmp_path, board)
        write_log(tmp_path, SMALL, f"{DAY}/000000-a.jsonl")
        monitor.look()
        monitor.look()
        assert (gauge("alarm", "megapixels"), gauge("alarm", "form")) == (1, 0)
        assert (gauge("psi", "megapixels") or 0) > 1
        assert gauge("ks", "form") is None
        assert gauge("samples", "risk_score") == 200
        later = [replace(own, time_s=own.time_s + 1000) for own in usual(200, seed=4)]
        write_log(tmp_path, later, f"{DAY}/000100-a.jsonl")
        clock.advance(1000)
        monitor.look()
        assert gauge("alarm", "megapixels") == 0
    assert gauge("alarm", "megapixels") is None
    assert [entry["event"] for entry in told] == ["compared", "moved", "compared", "compared", "no longer moved"]
    assert told[1]["words"].startswith("Photos have become smaller")
    assert told[1]["to_do"].startswith("Find out which senders are new")


def test_what_cannot_be_compared_any_more_is_not_exported(tmp_path: Path) -> None:
    board = Board()
    with board.shown():
        monitor, clock = monitor_of(tmp_path, board)
        write_log(tmp_path, SMALL, f"{DAY}/000000-a.jsonl")
        monitor.look()
        clock.advance(48 * 3600)
        monitor.look()
        assert gauge("alarm", "megapixels") is None


def test_a_log_that_is_away_leaves_the_metrics_as_they_are(tmp_path: Path) -> None:
    board = Board()
    with board.shown():
        monitor, clock = monitor_of(tmp_path / "log", board)
        write_log(tmp_path / "log", SMALL, f"{DAY}/000000-a.jsonl")
        monitor.look()
        shutil.rmtree(tmp_path / "log")
        clock.advance(60)
        monitor.look()
        assert gauge("alarm", "megapixels") == 1
        [last] = re.findall(r"^telltale_drift_last_run_timestamp_seconds (\S+)$", exposition(), re.MULTILINE)
        assert float(last) == START.timestamp()
