"""Lanes and desks over detectors made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.clock import SystemClock
from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle
from kit.serving.chores import Chores
from kit.serving.desk import Desk
from kit.serving.lanes import Lanes
from kit.serving.manager import Manager
from kit.serving.networks import Networks
from kit.serving.shadow import Shadow
from telltale.model.v1 import card_pb2


def a_loaded(name: str, version: str = "1.0.0", card_sha256: str = "") -> LoadedModel:
    """A model that exists in memory alone; its digest tells its version."""
    card = card_pb2.ModelCard(name=name, version=version)
    return LoadedModel(card, card_sha256 or f"{name}@{version}".encode().hex().ljust(64, "0"), Path())


class Shelf:
    """A catalogue: everything in every version but those that are `missing`."""

    def __init__(self, *missing: str) -> None:
        self.missing = set(missing)
        self.changed: dict[str, str] = {}

    def load(self, name: str, version: str = "1.0.0") -> LoadedModel:
        if f"{name}@{version}" in self.missing:
            raise ModelInvalid(f"no model {name}@{version}")
        return a_loaded(name, version, self.changed.get(f"{name}@{version}", ""))


class TwoModels:
    """A detector of two models that says which versions it has; cannot warm up with version 6.6.6 of any."""

    def __init__(self, models: ModelSource) -> None:
        self.models = [models.load("alpha"), models.load("beta")]

    @property
    def basis(self) -> str:
        return " ".join(self.says)

    @property
    def says(self) -> Sequence[str]:
        return [f"{model.card.name}@{model.card.version}" for model in self.models]

    def warm_up(self) -> None:
        if any(model.card.version == "6.6.6" for model in self.models):
            raise IndexError("list index out of range")


def two_models(source: ModelSource) -> Bundle[TwoModels]:
    return Bundle(TwoModels(source), Networks())


@contextmanager
def a_manager(
    shelf: Shelf, freed: Callable[[Bundle[TwoModels]], None] = lambda _: None, limit: int = 3
) -> Iterator[Manager[TwoModels]]:
    """A manager of one lane, "main", with the first versions."""
    chores = Chores()
    try:
        yield Manager(Lanes(two_models(shelf), limit, SystemClock(), freed), two_models, shelf, chores)
    finally:
        chores.close()


def lanes_of(detector: Any, limit: int = 3) -> Lanes[Any]:
    """One lane, "main", with this detector."""
    return Lanes(Bundle(detector, Networks()), limit, SystemClock(), lambda bundle: bundle.close())


def desk_of(detector: Any) -> Desk[Any]:
    """A desk that has this detector answer; nobody listens in."""
    lanes = lanes_of(detector)
    return Desk(lanes, Shadow(lanes))
