from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.serving.catalogue import OURS
from bench.serving.growth import service_times_s


def measured(*throughputs_hz: float) -> dict[str, Any]:
    own = [{"throughput_hz": {"median": each}} for each in throughputs_hz]
    return {"function_s": [0.002, 0.004, 0.006], "cpu_cores": 2, "servers": {OURS: own}}


def test_a_replica_with_these_service_times_does_what_was_measured_at_its_busiest() -> None:
    service_s = service_times_s(measured(100.0, 250.0, 200.0))
    assert 2 / np.mean(service_s) == pytest.approx(250.0)


def test_their_spread_is_that_of_the_function() -> None:
    service_s = service_times_s(measured(100.0))
    assert max(service_s) / min(service_s) == pytest.approx(0.006 / 0.002, rel=0.001)
