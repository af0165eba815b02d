from __future__ import annotations

import pytest

from kit.errors import InvalidRequest, NotFound
from kit.serving.bundle import Bundle
from kit.serving.lanes import Lanes
from tests.support.clock import FakeClock
from tests.support.serving import Shelf, TwoModels, a_loaded, lanes_of, two_models


def a_bundle() -> Bundle[TwoModels]:
    return two_models(Shelf())


def test_a_lane_that_is_not_there_is_told_with_those_that_are() -> None:
    lanes = lanes_of("old")
    lanes.put("canary", a_bundle())
    with pytest.raises(NotFound, match=r"no lane 'canery'.*canary, main"), lanes.lease("canery"):
        pass


def test_lanes_answer_side_by_side() -> None:
    lanes, canary = lanes_of("old"), a_bundle()
    lanes.put("canary", canary)
    with lanes.lease() as main, lanes.lease("canary") as other:
        assert (main, other) == ("old", canary.detector)


def test_a_shadow_answers_nobody_who_names_it() -> None:
    lanes = lanes_of("old")
    lanes.put("quiet", a_bundle(), shadow=True)
    with pytest.raises(NotFound, match="there are: main"), lanes.lease("quiet"):
        pass
    assert lanes.shadows() == ["quiet"]


def test_only_so_many_lanes_are_opened() -> None:
    lanes = lanes_of("old", limit=2)
    assert not lanes.expect("canary", shadow=False)
    lanes.put("canary", a_bundle())
    with pytest.raises(InvalidRequest, match="max_lanes"):
        lanes.expect("another", shadow=False)
    assert lanes.expect("canary", shadow=False)


def test_main_is_no_shadow_and_no_lane_becomes_one() -> None:
    lanes = lanes_of("old")
    lanes.put("canary", a_bundle())
    with pytest.raises(InvalidRequest, match="answers everybody"):
        lanes.expect("main", shadow=True)
    with pytest.raises(InvalidRequest, match="not a shadow; drop it"):
        lanes.expect("canary", shadow=True)


def test_a_lane_that_is_dropped_is_freed_behind_its_last_call() -> None:
    freed: list[Bundle[TwoModels]] = []
    lanes, canary = Lanes(a_bundle(), 3, FakeClock(), freed.append), a_bundle()
    lanes.put("canary", canary)
    with lanes.lease("canary"):
        lanes.drop("canary")
        assert freed == []
    assert freed == [canary]
    with pytest.raises(NotFound), lanes.lease("canary"):
        pass


def test_main_cannot_be_dropped() -> None:
    with pytest.raises(InvalidRequest, match="switch it"):
        lanes_of("old").drop("main")


def test_a_view_tells_what_runs_since_when_what_ran_before_and_who_is_at_work() -> None:
    clock = FakeClock()
    lanes = Lanes(a_bundle(), 3, clock, lambda _: None)
    clock.advance(60)
    with lanes.lease():
        lanes.put("main", two_models(Chosen2()))
        view = lanes.view("main")
        assert view.calls == 1
    assert [model.card.version for model in view.models] == ["2.0.0", "2.0.0"]
    assert [model.card.version for model in view.before] == ["1.0.0", "1.0.0"]
    assert (view.since, view.shadow, view.refusal) == (clock.now(), False, "")


class Chosen2:
    def load(self, name: str) -> object:
        return a_loaded(name, "2.0.0")


def test_main_comes_first_of_all_views() -> None:
    lanes = lanes_of(a_bundle().detector)
    lanes.put("canary", a_bundle())
    assert [view.name for view in lanes.views()] == ["main", "canary"]
