from __future__ import annotations

import protovalidate
import pytest

from kit.convert.times import duration, seconds, time_range, time_span
from kit.media.spans import Span


@pytest.mark.parametrize("moment_s", [0.0, 0.04, 1.28, 3599.96])
def test_a_moment_survives_the_way_through_a_message(moment_s: float) -> None:
    assert seconds(duration(moment_s)) == pytest.approx(moment_s, abs=1e-9)


def test_what_lies_a_little_before_the_beginning_is_put_there() -> None:
    assert seconds(duration(-0.01)) == 0


def test_a_stretch_keeps_the_contract() -> None:
    protovalidate.validate(time_range(Span(0.0, 1.28)))


def test_a_span_tells_who_is_concerned() -> None:
    span = time_span(Span(1.0, 2.5), -0.5, 3)
    protovalidate.validate(span)
    assert (span.end.ToMilliseconds(), span.log_likelihood_ratio, span.track_id) == (2500, -0.5, 3)


def test_a_span_of_the_sound_concerns_nobody() -> None:
    span = time_span(Span(1.0, 2.5), -0.5)
    protovalidate.validate(span)
    assert not span.HasField("track_id")
