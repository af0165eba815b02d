"""The monitor of drift as a process: settings, metrics, sentences, end."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cli.stack.ports import free_ports
from kit.predictions import Prediction
from kit.settings import child_environment
from monitoring.drift.reference import SHIPPED, read
from tests.support.predictions import drawn, write_log

PATIENCE_S = 60.0


def now_like_the_reference(count: int) -> list[Prediction]:
    start_s = int(time.time()) - count
    photos = drawn("photo", read(SHIPPED).media["photo"], count, seed=1)
    return [replace(own, time_s=start_s + number) for number, own in enumerate(photos)]


def run_monitor(**settings: str) -> subprocess.Popen[str]:
    variables = child_environment({f"TELLTALE_DRIFT_{name.upper()}": value for name, value in settings.items()})
    return subprocess.Popen(
        [sys.executable, "-m", "monitoring.drift"], env=variables, stderr=subprocess.PIPE, text=True
    )


def metrics_when(port: int, line: str) -> str:
    ends_s, text = time.monotonic() + PATIENCE_S, ""
    while line not in text and time.monotonic() < ends_s:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S) as answer:
                text = answer.read().decode()
        except OSError:
            time.sleep(0.1)
    assert line in text
    return text


def test_500_usual_predictions_raise_no_alarm_and_500_others_do_until_it_is_asked_to_end(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    usual, day = now_like_the_reference(500), datetime.now(UTC).date().isoformat()
    write_log(tmp_path, usual, f"{day}/000000-a.jsonl")
    process = run_monitor(prediction_log=str(tmp_path), metrics_port=str(port), interval_s="0.2")
    try:
        quiet = metrics_when(port, 'telltale_drift_alarm{medium="photo",what="megapixels"} 0.0')
        assert 'what="risk_score"} 0.0' in quiet
        assert " 1.0" not in "".join(line for line in quiet.splitlines() if line.startswith("telltale_drift_alarm{"))
        small = [replace(own, time_s=own.time_s + 500, megapixels=(own.megapixels or 0) / 9) for own in usual]
        write_log(tmp_path, small, f"{day}/000001-a.jsonl")
        metrics_when(port, 'telltale_drift_alarm{medium="photo",what="megapixels"} 1.0')
    finally:
        process.terminate()
        _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert (
        "--about" in next(entry for entry in map(json.loads, told.splitlines()) if "shipped" in entry["event"])["to_do"]
    )
    moved = [entry for entry in map(json.loads, told.splitlines()) if entry["event"] == "moved"]
    assert [entry["what"] for entry in moved] == ["megapixels"]
    assert moved[0]["words"].startswith("Photos have become smaller: median")


def test_without_a_log_it_does_not_start_and_says_why(tmp_path: Path) -> None:
    process = run_monitor(prediction_log=str(tmp_path / "nowhere"))
    _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert told.startswith("INVALID_SETTINGS: there is no folder")
