"""Changes the models of a service while it serves: built, tried and warm beside those that run, then swapped in one step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from kit.errors import InvalidRequest, ModelInvalid, NotFound, Overloaded, TelltaleError
from kit.log import get_logger
from kit.models.card import LoadedModel
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle, D
from kit.serving.chores import Chores
from kit.serving.lanes import MAIN, Lanes, LaneView
from kit.serving.watcher import Offer
from kit.telemetry import Counter

SWITCHES: Final = Counter("telltale_model_switches_total", "Sets of models that were swapped in.", "how")
REFUSALS: Final = Counter("telltale_model_refusals_total", "Sets of models that were refused.", "reason")

Made = TypeVar("Made")


class Catalogue(Protocol):
    """Where named versions come from: a folder of models, or a registry."""

    def load(self, name: str, version: str) -> LoadedModel:
        """The checked model. Raises ModelInvalid, ModelUntrusted, StorageUnavailable."""
        ...


@dataclass(frozen=True)
class _Wanted:
    """A complete set: these versions, and of `same` exactly the models that are known already."""

    catalogue: Catalogue
    versions: Mapping[str, str]
    same: Mapping[str, LoadedModel]

    def load(self, name: str) -> LoadedModel:
        """The checked model of that name. Raises ModelInvalid."""
        if name not in self.versions:
            raise ModelInvalid(
                f"model {name!r} is not among those that this service ran until now; restart it for that"
            )
        model, known = self.catalogue.load(name, self.versions[name]), self.same.get(name)
        if known is not None and model.card_sha256 != known.card_sha256:
            raise ModelInvalid(
                f"{name}@{self.versions[name]} is not what it was when it was loaded: its card was changed"
            )
        return model


class Manager(Generic[D]):
    """Switches lanes. Thread-safe: one change after the other, while calls go on. Every error leaves all as it was.

    Args:
        lanes: what is changed.
        make: builds a detector of models. Raises ModelInvalid.
        catalogue: where versions come from that an operator names.
        chores: where the work is done.
    """

    def __init__(
        self, lanes: Lanes[D], make: Callable[[ModelSource], Bundle[D]], catalogue: Catalogue, chores: Chores
    ) -> None:
        self.lanes = lanes
        self._make = make
        self._catalogue = catalogue
        self._chores = chores
        self._changing = threading.Lock()

    def switch(self, name: str, versions: Mapping[str, str], *, shadow: bool = False) -> LaneView:
        """Has a lane run these versions, and for all other names what it runs, or a new lane what "main" runs.

        Raises:
            NotFound: the service runs no model of such a name.
            InvalidRequest: as `Lanes.expect` says.
            ModelInvalid, ModelUntrusted, StorageUnavailable: a model was refused, or cannot be had.
            Overloaded: somebody else changes models right now.
        """
        return self._alone(lambda: self._switch(name, versions, shadow))

    def roll_back(self, name: str) -> LaneView:
        """Has a lane run what it ran before its last switch; asked again, it finds nothing before.

        Raises NotFound, and as `switch`.
        """
        return self._alone(lambda: self._roll_back(name))

    def drop(self, name: str) -> None:
        """Ends a lane. Raises NotFound, InvalidRequest, Overloaded."""
        self._alone(lambda: self.lanes.drop(name))

    def follow(self, offer: Offer) -> LaneView:
        """Has "main" run what a channel offers. Raises ModelInvalid, ModelUntrusted, StorageUnavailable, Overloaded."""
        return self._alone(lambda: self._follow(offer))

    def refuse(self, error: TelltaleError) -> None:
        """Notes that what a channel offers "main" cannot even be tried."""
        self._note(MAIN, error, how="channel")

    def _note(self, name: str, error: TelltaleError, how: str) -> None:
        REFUSALS.add(reason=error.reason_name())
        get_logger().warning("models refused", lane=name, how=how, reason=error.reason_name(), why=error.message)
        self.lanes.refuse(name, f"{error.reason_name()}: {error.message}")

    def _alone(self, work: Callable[[], Made]) -> Made:
        if not self._changing.acquire(blocking=False):
            raise Overloaded("models are being changed right now; try again when that is done", retry_after_s=1.0)
        try:
            return self._chores.do(work)
        finally:
            self._changing.release()

    def _switch(self, name: str, versions: Mapping[str, str], shadow: bool) -> LaneView:
        known = self.lanes.expect(name, shadow=shadow)
        now = _by_name(self.lanes.view(name if known else MAIN).models)
        strange = sorted(set(versions) - set(now))
        if strange:
            raise NotFound(f"this service runs no model {', '.join(strange)}; it runs: {', '.join(now)}")
        running = {name: model.card.version for name, model in now.items()}
        wanted = {**running, **versions}
        if known and wanted == running:
            return self.lanes.view(name)
        same = {model: now[model] for model in now if wanted[model] == running[model]}
        return self._put(name, _Wanted(self._catalogue, wanted, same), how="switch", shadow=shadow)

    def _roll_back(self, name: str) -> LaneView:
        before = _by_name(self.lanes.view(name).before)
        if not before:
            raise NotFound(
                f"lane {name!r} has nothing to go back to: it was not switched since its start or last way back"
            )
        versions = {name: model.card.version for name, model in before.items()}
        return self._put(name, _Wanted(self._catalogue, versions, before), how="rollback")

    def _follow(self, offer: Offer) -> LaneView:
        running = self.lanes.view(MAIN).models
        if {model.card.name: model.card_sha256 for model in running} != offer.cards:
            return self._put(MAIN, offer.models, how="channel")
        # The channel is back at what runs, from something that was refused: there is nothing to load.
        self.lanes.refuse(MAIN, "")
        return self.lanes.view(MAIN)

    def _put(self, name: str, models: ModelSource, *, how: str, shadow: bool = False) -> LaneView:
        try:
            bundle = ready(self._make, models)
        except TelltaleError as error:
            self._note(name, error, how)
            self._chores.tidy()
            raise
        self.lanes.put(name, bundle, shadow=shadow, rolled_back=how == "rollback")
        SWITCHES.add(how=how)
        get_logger().info("models switched", lane=name, how=how, models=_named(bundle.models))
        return self.lanes.view(name)


def ready(make: Callable[[ModelSource], Bundle[D]], models: ModelSource) -> Bundle[D]:
    """A set of models that has run once. Raises ModelInvalid when it cannot, and what loading raises."""
    bundle = _tried(lambda: make(models))
    with ExitStack() as undo:
        undo.callback(bundle.close)
        _tried(bundle.detector.warm_up)
        undo.pop_all()
        return bundle


def _tried(work: Callable[[], Made]) -> Made:
    try:
        return work()
    except InvalidRequest as error:
        raise ModelInvalid(f"the models cannot work on what this service gives them: {error.message}") from error
    except TelltaleError:
        raise
    except Exception as error:  # What wrong models do to the code around them can be anything.
        get_logger().warning("a model could not be run", exc_info=True)
        raise ModelInvalid(
            f"the models could not be run: {type(error).__name__}: {error}; export them for this version of the service"
        ) from error


def _by_name(models: Sequence[LoadedModel]) -> dict[str, LoadedModel]:
    return {model.card.name: model for model in models}


def _named(models: Sequence[LoadedModel]) -> list[str]:
    return [f"{model.card.name}@{model.card.version}" for model in models]
