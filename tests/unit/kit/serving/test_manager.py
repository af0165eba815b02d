from __future__ import annotations

import threading

import pytest

from kit.errors import InvalidRequest, ModelInvalid, NotFound, Overloaded
from kit.models.card import LoadedModel
from kit.serving.bundle import Bundle
from kit.serving.manager import Manager
from kit.serving.watcher import Offer
from tests.support.serving import Shelf, TwoModels, a_loaded, a_manager


def says(manager: Manager[TwoModels], lane: str = "main") -> list[str]:
    with manager.lanes.lease(lane) as detector:
        return list(detector.says)


def test_a_switch_changes_what_is_named_and_nothing_else() -> None:
    with a_manager(Shelf()) as manager:
        view = manager.switch("main", {"alpha": "2.0.0"})
        assert says(manager) == ["alpha@2.0.0", "beta@1.0.0"]
    assert [model.card.version for model in view.before] == ["1.0.0", "1.0.0"]


def test_asked_for_what_runs_nothing_is_loaded_and_the_way_back_stays() -> None:
    with a_manager(Shelf()) as manager:
        manager.switch("main", {"alpha": "2.0.0"})
        since = manager.lanes.view("main").since
        view = manager.switch("main", {"alpha": "2.0.0"})
    assert (view.since, view.before[0].card.version) == (since, "1.0.0")


@pytest.mark.parametrize(("version", "why"), [("3.0.0", "no model alpha@3.0.0"), ("6.6.6", "IndexError")])
def test_a_refused_model_leaves_all_as_it_was_and_tells_why(version: str, why: str) -> None:
    freed: list[Bundle[TwoModels]] = []
    with a_manager(Shelf("alpha@3.0.0"), freed.append) as manager:
        with pytest.raises(ModelInvalid, match=why):
            manager.switch("main", {"alpha": version})
        assert says(manager) == ["alpha@1.0.0", "beta@1.0.0"]
        view = manager.lanes.view("main")
    assert view.refusal.startswith("MODEL_INVALID: ")
    assert why in view.refusal
    assert (list(view.before), freed) == ([], [])


def test_the_next_switch_forgets_the_refusal() -> None:
    with a_manager(Shelf("alpha@3.0.0")) as manager:
        with pytest.raises(ModelInvalid):
            manager.switch("main", {"alpha": "3.0.0"})
        assert manager.switch("main", {"alpha": "2.0.0"}).refusal == ""


def test_a_model_that_the_service_does_not_run_is_told_with_those_it_does() -> None:
    with a_manager(Shelf()) as manager, pytest.raises(NotFound, match=r"no model gamma; it runs: alpha, beta"):
        manager.switch("main", {"gamma": "1.0.0"})


def test_the_way_back_leads_to_what_ran_before_and_asked_twice_not_forward_again() -> None:
    with a_manager(Shelf()) as manager:
        manager.switch("main", {"alpha": "2.0.0"})
        manager.roll_back("main")
        assert says(manager) == ["alpha@1.0.0", "beta@1.0.0"]
        with pytest.raises(NotFound, match="nothing to go back to"):
            manager.roll_back("main")
        assert says(manager) == ["alpha@1.0.0", "beta@1.0.0"]


def test_the_way_back_is_refused_when_the_old_model_is_not_what_it_was() -> None:
    shelf = Shelf()
    with a_manager(shelf) as manager:
        manager.switch("main", {"alpha": "2.0.0"})
        shelf.changed["alpha@1.0.0"] = "f" * 64
        with pytest.raises(ModelInvalid, match="is not what it was"):
            manager.roll_back("main")
        assert says(manager) == ["alpha@2.0.0", "beta@1.0.0"]


def test_a_new_lane_takes_from_main_what_is_not_named() -> None:
    with a_manager(Shelf()) as manager:
        manager.switch("main", {"beta": "2.0.0"})
        manager.switch("canary", {"alpha": "3.0.0"})
        assert says(manager, "canary") == ["alpha@3.0.0", "beta@2.0.0"]
        assert says(manager) == ["alpha@1.0.0", "beta@2.0.0"]
        manager.drop("canary")
        assert [view.name for view in manager.lanes.views()] == ["main"]


def test_a_lane_too_many_is_refused_before_anything_is_loaded() -> None:
    with a_manager(Shelf("alpha@3.0.0"), limit=1) as manager, pytest.raises(InvalidRequest, match="max_lanes"):
        manager.switch("canary", {"alpha": "3.0.0"})


def test_what_was_swapped_out_is_freed_when_its_calls_have_ended() -> None:
    freed: list[Bundle[TwoModels]] = []
    with a_manager(Shelf(), freed.append) as manager:
        with manager.lanes.lease() as old:
            manager.switch("main", {"alpha": "2.0.0"})
            assert (list(old.says), freed) == (["alpha@1.0.0", "beta@1.0.0"], [])
        assert [bundle.detector for bundle in freed] == [old]


class SlowShelf(Shelf):
    """Loads when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def load(self, name: str, version: str = "1.0.0") -> object:
        self.asked.set()
        self.go_on.wait()
        return super().load(name, version)


def test_calls_go_on_while_models_are_loaded_and_a_second_change_is_told_so() -> None:
    shelf = SlowShelf()
    with a_manager(shelf) as manager:
        shelf.asked.clear()
        shelf.go_on.clear()
        switching = threading.Thread(target=manager.switch, args=("main", {"alpha": "2.0.0"}))
        switching.start()
        shelf.asked.wait()
        assert says(manager) == ["alpha@1.0.0", "beta@1.0.0"]
        with pytest.raises(Overloaded, match="being changed"):
            manager.roll_back("main")
        shelf.go_on.set()
        switching.join()
        assert says(manager) == ["alpha@2.0.0", "beta@1.0.0"]


def an_offer(version: str) -> Offer:
    """Both models in that version."""
    cards = {name: a_loaded(name, version).card_sha256 for name in ("alpha", "beta")}
    return Offer(cards, Newest(version))


def test_what_a_channel_offers_is_followed_or_refused_as_a_switch_is() -> None:
    with a_manager(Shelf()) as manager:
        manager.follow(an_offer("2.0.0"))
        assert says(manager) == ["alpha@2.0.0", "beta@2.0.0"]
        with pytest.raises(ModelInvalid):
            manager.follow(an_offer("6.6.6"))
        assert says(manager) == ["alpha@2.0.0", "beta@2.0.0"]


def test_a_channel_that_is_back_at_what_runs_has_nothing_loaded_and_the_refusal_forgotten() -> None:
    with a_manager(Shelf()) as manager:
        with pytest.raises(ModelInvalid):
            manager.follow(an_offer("6.6.6"))
        before = manager.lanes.bundle()
        assert manager.follow(an_offer("1.0.0")).refusal == ""
        assert manager.lanes.bundle() is before


class Newest:
    def __init__(self, version: str) -> None:
        self._version = version

    def load(self, name: str) -> LoadedModel:
        return Shelf().load(name, self._version)
