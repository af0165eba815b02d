from __future__ import annotations

import os
import subprocess
import sys

from bench.scaling.cost import of_hours, of_photos
from bench.scaling.cpu import cpu_s, difference
from bench.scaling.page import page

BUSY = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def test_cpu_seconds_hold_those_of_children_that_have_ended() -> None:
    before = cpu_s(os.getpid())
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert cpu_s(os.getpid()) - before >= 0.25


def test_of_a_process_that_is_gone_nothing_is_known() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert cpu_s(process.pid) == 0


def test_what_began_in_between_counts_from_its_beginning() -> None:
    assert difference({"a": 3.0, "b": 1.0}, {"a": 2.0}) == {"a": 1.0, "b": 1.0}


def test_costs_are_cpu_hours_times_the_price() -> None:
    photos = of_photos({"image_svc": 0.36, "gateway": 0.036}, 0.05)
    assert round(photos.all_cpu_h, 6) == 110
    assert round(photos.money, 6) == 5.5
    assert of_hours({"temporal_svc": 3600.0}, 0.05).cpu_h == {"temporal_svc": 1000}


def test_a_short_run_says_that_its_numbers_mean_nothing() -> None:
    load = {"replicas": 1, "calls": 4, "calls_hz": 2.0, "cpu_s": 0.4, "shares": [1.0]}
    document = {
        "cores": 2,
        "short": True,
        "sizes": {"photos": 2, "video_s": 2.0, "sound_s": 5.0},
        "cpu_s": {
            "photo": {"image_svc": 0.4, "gateway": 0.1},
            "hour of video": {"temporal_svc": 900.0},
            "hour of sound": {"av_sync_svc": 60.0},
        },
        "replicas": {"image_svc": [load, {**load, "calls_hz": 2.2, "shares": [0.5, 0.5]}]},
        "queue": {"jobs": 20, "submitted_hz": 100.0, "done_hz": 50.0},
        "streams": {"open_at_once": 20, "kib_a_stream": 30.0, "idle_cpu": 0.01, "calls_hz": 200.0, "call_cpu_ms": 4.0},
    }
    text = page(document, 0.04)
    assert "the numbers mean nothing" in text
    assert "| image_svc | 2.00 | 2.20 | 1.10 | 0.400 | 0.400 | 50% / 50% |" in text
    assert "| 1,000,000 photos | 139 |" in text
