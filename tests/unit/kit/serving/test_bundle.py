from __future__ import annotations

import pytest

from kit.errors import ModelInvalid
from kit.serving.bundle import Bundle
from kit.serving.networks import Networks
from tests.support.serving import Shelf, TwoModels, a_loaded


class FakeSession:
    """Knows whether it is open."""

    def __init__(self) -> None:
        self.is_open = True

    def run(self, _inputs: object) -> dict[str, object]:
        return {}

    def close(self) -> None:
        self.is_open = False


def a_few() -> tuple[Networks, list[FakeSession]]:
    sessions: list[FakeSession] = []

    def opened(_model: object) -> FakeSession:
        sessions.append(FakeSession())
        return sessions[-1]

    return Networks(opened), sessions


def test_closing_a_bundle_closes_its_networks() -> None:
    networks, sessions = a_few()
    networks.open(a_loaded("alpha"))
    bundle = Bundle(TwoModels(Shelf()), networks)
    assert list(networks.by_name) == ["alpha"]
    bundle.close()
    assert [session.is_open for session in sessions] == [False]


def test_what_cannot_be_built_leaves_no_network_open() -> None:
    networks, sessions = a_few()

    def build(networks: Networks) -> TwoModels:
        networks.open(a_loaded("alpha"))
        return TwoModels(Shelf("beta@1.0.0"))

    with pytest.raises(ModelInvalid):
        Bundle.of(networks, build)
    assert [session.is_open for session in sessions] == [False]


def test_models_are_in_order_of_name() -> None:
    bundle = Bundle(TwoModels(Shelf()), Networks())
    assert [model.card.name for model in bundle.models] == ["alpha", "beta"]
