"""Where a service takes its models from: one version of each name, chosen by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from kit.models.card import LoadedModel
from kit.models.registry import Registry


class ModelSource(Protocol):
    """A complete set of models. A service is built from one, and never asks which versions are in it."""

    def load(self, name: str) -> LoadedModel:
        """The checked model of that name. Raises ModelInvalid."""
        ...


@dataclass(frozen=True)
class Chosen:
    """Named versions from a folder; the newest of every other name."""

    registry: Registry
    versions: Mapping[str, str]

    def load(self, name: str) -> LoadedModel:
        """The checked model of that name. Raises ModelInvalid."""
        return self.registry.load(name, self.versions.get(name))
