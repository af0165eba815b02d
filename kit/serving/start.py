"""Puts everything together that a service needs to change its models while it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Generic

from kit.clock import SystemClock
from kit.errors import InvalidSettings
from kit.log import get_logger
from kit.models.settings import ModelSettings
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle, D
from kit.serving.chores import Chores
from kit.serving.desk import Desk
from kit.serving.lanes import Lanes
from kit.serving.manager import Manager
from kit.serving.metrics import MODELS, loaded
from kit.serving.origin import origin_of
from kit.serving.shadow import Shadow
from kit.serving.watcher import Channel, Watcher


@dataclass(frozen=True)
class Serving(Generic[D]):
    """A service's models at work."""

    lanes: Lanes[D]
    manager: Manager[D]
    desk: Desk[D]

    def warm_up(self) -> None:
        """Runs all models of "main" once, and notes by what they answer before anybody replaces the files of the program."""
        with self.lanes.lease() as detector:
            detector.warm_up()
            get_logger().debug("models ready", basis=detector.basis)


@contextmanager
def serving(settings: ModelSettings, make: Callable[[ModelSource], Bundle[D]]) -> Iterator[Serving[D]]:
    """The models that the settings choose, at work until the context ends.

    Args:
        settings: which models, and who changes them.
        make: builds a detector of models.

    Raises:
        ModelInvalid, ModelUntrusted, StorageUnavailable: the models of the start.
        InvalidSettings: they name a model that the service does not run.
    """
    origin = origin_of(settings)
    main = make(origin.first)
    _check_names(settings, main)
    with ExitStack() as stack:
        chores = Chores()
        stack.callback(chores.close)
        lanes = Lanes(main, settings.max_lanes, SystemClock(), lambda bundle: chores.free(bundle.close))
        stack.callback(lanes.close)
        stack.callback(MODELS.follow(lambda: loaded(lanes.views())))
        shadow = Shadow(lanes)
        shadow.start()
        stack.callback(shadow.close)
        manager = Manager(lanes, make, origin.catalogue, chores)
        if settings.model_control == "watch" and origin.channel is not None:
            watcher = _watcher(origin.channel, manager, main, settings.registry_poll_s)
            watcher.start()
            stack.callback(watcher.stop)
        yield Serving(lanes, manager, Desk(lanes, shadow))


def _watcher(
    channel: Callable[[Sequence[str]], Channel], manager: Manager[D], main: Bundle[D], poll_s: float
) -> Watcher:
    cards = {model.card.name: model.card_sha256 for model in main.models}
    return Watcher(channel(tuple(cards)), manager.follow, manager.refuse, cards, poll_s)


def _check_names(settings: ModelSettings, main: Bundle[D]) -> None:
    names = [model.card.name for model in main.models]
    strange = sorted(set(settings.model_versions) - set(names))
    if strange:
        raise InvalidSettings(
            f"model_versions names {', '.join(strange)}, which this service does not run; it runs: {', '.join(names)}"
        )
