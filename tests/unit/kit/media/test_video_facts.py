from __future__ import annotations

import pytest

from kit.errors import DecoderStopped
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, SandboxResult
from kit.media.video import facts_of

HONEST: dict[str, Json] = {
    "width_px": 640,
    "height_px": 360,
    "duration_s": 10.0,
    "frame_count": 250,
    "frame_rate_fps": 25.0,
    "has_audio": True,
    "rotation_deg": 90,
    "codec": "h264",
    "variable_rate": False,
    "truncated": False,
}


def test_honest_facts_are_taken_over() -> None:
    facts = facts_of(SandboxResult(HONEST, {}), MediaLimits())
    assert (facts.width_px, facts.rotation_deg, facts.codec, facts.has_audio) == (640, 90, "h264", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width_px", 0),
        ("height_px", 20_000),
        ("duration_s", 0.0),
        ("duration_s", float("nan")),
        ("duration_s", 1e6),
        ("frame_count", 0),
        ("frame_count", True),
        ("frame_rate_fps", "25"),
        ("rotation_deg", 45),
        ("codec", "h264; rm"),
        ("has_audio", 1),
        ("truncated", None),
    ],
)
def test_impossible_facts_are_not_believed(name: str, value: Json) -> None:
    with pytest.raises(DecoderStopped, match=name):
        facts_of(SandboxResult({**HONEST, name: value}, {}), MediaLimits())
