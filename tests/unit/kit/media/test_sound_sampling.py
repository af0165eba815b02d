from __future__ import annotations

import itertools

import pytest

from kit.media.sound_sampling import STRETCH_S, sound_spans_of
from telltale.common.v1 import media_pb2

QUICK, STANDARD, THOROUGH = media_pb2.DEPTH_QUICK, media_pb2.DEPTH_STANDARD, media_pb2.DEPTH_THOROUGH


@pytest.mark.parametrize(
    ("duration_s", "depth", "count"),
    [(1e-5, QUICK, 1), (60, QUICK, 1), (300, STANDARD, 1), (301, THOROUGH, 2), (3_600, THOROUGH, 12)],
)
def test_short_sound_is_listened_to_whole(duration_s: float, depth: media_pb2.Depth.ValueType, count: int) -> None:
    spans = sound_spans_of(duration_s, depth)
    assert (len(spans), spans[0].start_s, spans[-1].end_s) == (count, 0.0, duration_s)
    assert all(former.end_s == later.start_s for former, later in itertools.pairwise(spans))
    assert max(span.length_s for span in spans) <= 300 + 1e-9


@pytest.mark.parametrize(
    ("depth", "most_s"), [(QUICK, 60), (STANDARD, 300), (media_pb2.DEPTH_UNSPECIFIED, 300), (THOROUGH, 3_600)]
)
def test_of_long_sound_stretches_are_spread_over_all_of_it(depth: media_pb2.Depth.ValueType, most_s: float) -> None:
    spans = sound_spans_of(36_000.0, depth)
    assert sum(span.length_s for span in spans) == pytest.approx(most_s)
    assert {round(span.length_s, 6) for span in spans} == {STRETCH_S}
    gaps_s = [later.start_s - former.end_s for former, later in itertools.pairwise(spans)]
    assert min(gaps_s) == pytest.approx(max(gaps_s))
    assert spans[0].start_s == pytest.approx(36_000 - spans[-1].end_s)


def test_just_too_long_sound_has_stretches_that_do_not_overlap() -> None:
    spans = sound_spans_of(60.1, QUICK)
    assert spans[0].end_s <= spans[1].start_s
    assert spans[-1].end_s <= 60.1
