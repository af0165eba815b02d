from __future__ import annotations

import json
from pathlib import Path

import pytest

from canary.envoy.admin import EnvoyAdmin, read_stats
from canary.figures import EDGES_MS
from kit.errors import DetectorUnavailable

PREFIX = "cluster.image_svc-canary.grpc.telltale.image.v1.ImageService."


def test_calls_of_all_methods_are_read_by_status_and_duration() -> None:
    buckets = [
        {"upper_bound": EDGES_MS[3], "interval": 1, "cumulative": 5},
        {"upper_bound": EDGES_MS[-1], "interval": 0, "cumulative": 0},
    ]
    stats = [
        {"name": f"{PREFIX}AnalyzeImage.0", "value": 4},
        {"name": f"{PREFIX}AnalyzeImage.13", "value": 1},
        {"name": f"{PREFIX}Other.13", "value": 2},
        {"name": f"{PREFIX}AnalyzeImage.total", "value": 5},
        {"histograms": [{"name": f"{PREFIX}AnalyzeImage.upstream_rq_time", "buckets": buckets}]},
    ]
    calls = read_stats(json.dumps({"stats": stats}).encode(), PREFIX)
    assert calls.by_status == {0: 4, 13: 3}
    assert (calls.errors, calls.latency_ms.total, calls.latency_ms.quantile(1)) == (3, 5, EDGES_MS[3])


def test_before_anybody_called_there_is_nothing() -> None:
    assert read_stats(b'{"stats": []}', PREFIX).total == 0


def test_an_envoy_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(DetectorUnavailable, match="does not answer"):
        EnvoyAdmin(tmp_path / "none.sock").share("image_svc", 5)
