"""What is swapped as a whole: a service's detector over one set of models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kit.models.card import LoadedModel
from kit.serving.networks import Networks


class Detector(Protocol):
    """What every detector has, whatever it looks at."""

    @property
    def models(self) -> Sequence[LoadedModel]:
        """The models behind its answers."""
        ...

    @property
    def basis(self) -> str:
        """By what it answers: see `kit.models.basis`."""
        ...

    def warm_up(self) -> None:
        """Runs every model once: the first caller must not pay for it, and a broken one must be found before it answers."""
        ...


D = TypeVar("D", bound=Detector)


@dataclass(frozen=True)
class Bundle(Generic[D]):
    """A detector with the networks that it runs. Immutable and thread-safe."""

    detector: D
    networks: Networks

    @classmethod
    def of(cls, networks: Networks, build: Callable[[Networks], D]) -> Bundle[D]:
        """What `build` makes of networks; when it cannot, those that it opened are closed again, and its error is raised."""
        with ExitStack() as undo:
            undo.callback(networks.close)
            bundle = cls(build(networks), networks)
            undo.pop_all()
            return bundle

    @property
    def models(self) -> Sequence[LoadedModel]:
        """The models behind the detector's answers, in order of name."""
        return sorted(self.detector.models, key=lambda model: model.card.name)

    def close(self) -> None:
        """Gives the memory of its networks back. No call may use it any more."""
        self.networks.close()
