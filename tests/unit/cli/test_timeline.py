from __future__ import annotations

import pytest
from google.protobuf.duration_pb2 import Duration

from cli.timeline import moment


@pytest.mark.parametrize(
    ("time_ms", "text"),
    [(0, "0:00.0"), (1_249, "0:01.2"), (59_960, "1:00.0"), (62_500, "1:02.5"), (3_602_500, "1:00:02.5")],
)
def test_a_moment_is_minutes_and_seconds_to_a_tenth(time_ms: int, text: str) -> None:
    time = Duration()
    time.FromMilliseconds(time_ms)
    assert moment(time) == text
