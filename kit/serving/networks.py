"""The networks of one set of models: opened together, closed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kit.models.card import LoadedModel
from kit.models.runtime import Session


@dataclass(frozen=True)
class Network:
    """A network that is open, and the model that it belongs to."""

    model: LoadedModel
    session: Session


class OpenSession(Session, Protocol):
    """A session that holds memory."""

    def close(self) -> None:
        """Gives it back. Nobody may run the network any more."""
        ...


def _open_alone(model: LoadedModel) -> OpenSession:
    # Services without networks import this file, too, and are installed without what runs them.
    from kit.models.onnx import open_network

    return open_network(model)


class Networks:
    """Opens networks and knows those that are open. Of one thread, until all are open.

    `opener` opens one: by itself on one core, or, as services have it, as one of several that share the cores (kit.batching).
    """

    def __init__(self, opener: Callable[[LoadedModel], OpenSession] = _open_alone) -> None:
        self._opener = opener
        self._opened: dict[str, tuple[LoadedModel, OpenSession]] = {}

    def open(self, model: LoadedModel) -> Session:
        """The network of a checked model. Raises ModelInvalid when it cannot be loaded or is not that of its card."""
        session = self._opener(model)
        self._opened[model.card.name] = (model, session)
        return session

    @property
    def by_name(self) -> Mapping[str, Network]:
        """Those that are open, by the name of their model."""
        return {name: Network(model, session) for name, (model, session) in self._opened.items()}

    def close(self) -> None:
        """Gives their memory back. Nobody may run one any more."""
        for _, session in self._opened.values():
            session.close()
        self._opened.clear()
