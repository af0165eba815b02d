from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from kit.media.facts import VideoFacts
from kit.media.sampling import STRETCH_S, stretches_of
from kit.media.spans import Span
from telltale.common.v1 import media_pb2

QUICK, STANDARD, THOROUGH = media_pb2.DEPTH_QUICK, media_pb2.DEPTH_STANDARD, media_pb2.DEPTH_THOROUGH
FACTS = VideoFacts(640, 360, 10.0, 250, 25.0, False, 0, "h264", False, False)


def shots(*edges_s: float) -> list[Span]:
    return [Span(start_s, end_s) for start_s, end_s in itertools.pairwise(edges_s)]


def stretches(duration_s: float, found: list[Span], depth: media_pb2.Depth.ValueType) -> list[Span]:
    return stretches_of(replace(FACTS, duration_s=duration_s), found, depth)


@pytest.mark.parametrize("duration_s", [0.04, 1.24, 1.28, 2.0, 10.0, 30.0])
def test_a_short_video_is_covered_whole(duration_s: float) -> None:
    found = stretches(duration_s, shots(0, duration_s / 3, duration_s), STANDARD)
    assert (found[0].start_s, found[-1].end_s) == (0.0, duration_s)
    assert all(former.end_s == later.start_s for former, later in itertools.pairwise(found))
    assert all(STRETCH_S / 2 <= span.length_s <= STRETCH_S * 1.5 for span in found) or duration_s < STRETCH_S / 2


@pytest.mark.parametrize(
    ("depth", "most"), [(QUICK, 6), (STANDARD, 24), (media_pb2.DEPTH_UNSPECIFIED, 24), (THOROUGH, 480)]
)
def test_a_long_video_gets_as_many_stretches_as_its_depth_allows(depth: media_pb2.Depth.ValueType, most: int) -> None:
    found = stretches(3600.0, shots(0, 3600), depth)
    assert len(found) == most
    assert all(span.length_s == pytest.approx(STRETCH_S) for span in found)
    gaps_s = [later.start_s - former.end_s for former, later in itertools.pairwise(found)]
    assert max(gaps_s) == pytest.approx(min(gaps_s))


def test_the_cost_does_not_grow_with_the_length() -> None:
    minute, ten = (sum(span.length_s for span in stretches(60 * n, shots(0, 60 * n), STANDARD)) for n in (1, 10))
    assert minute == pytest.approx(ten)


def test_every_shot_is_looked_at_while_they_are_few() -> None:
    found_shots = shots(0, 100, 101, 102.5, 200)
    found = stretches(200.0, found_shots, QUICK)
    for shot in found_shots:
        assert any(shot.start_s <= span.start_s and span.end_s <= shot.end_s for span in found)
    assert len(found) == 6


def test_of_many_shots_some_are_looked_at_over_the_whole_length() -> None:
    found_shots = shots(*range(0, 401, 2))
    found = stretches(400.0, found_shots, STANDARD)
    assert len(found) == 24
    assert all(any(shot.start_s <= span.start_s and span.end_s <= shot.end_s for shot in found_shots) for span in found)
    assert found[0].start_s < 20
    assert found[-1].end_s > 380


def test_stretches_are_in_order_and_apart() -> None:
    found = stretches(90.0, shots(0, 2, 2.6, 40, 41, 90), STANDARD)
    assert all(former.end_s <= later.start_s + 1e-9 for former, later in itertools.pairwise(found))
