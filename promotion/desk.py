"""What who promotes works with: a registry, the keys that are trusted, and a place on the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kit.clock import Clock
from kit.errors import InvalidSettings
from kit.models.card import LoadedModel
from kit.models.source import ModelSource
from kit.registry.channels import Channels
from kit.registry.store import Store
from kit.registry.trust import Trust
from kit.sealing.person_keys import PersonKey
from promotion.versions import place_of
from telltale.model.v1 import registry_pb2


class Fetcher(Protocol):
    """Brings published models onto the disk; `kit.registry.fetch.ModelCache` is one."""

    def fetch(self, release: registry_pb2.Release) -> LoadedModel:
        """A verified model. Raises ModelInvalid, ModelUntrusted, StorageFull, StorageUnavailable."""
        ...


@dataclass(frozen=True)
class Desk:
    """A registry as one person sees it.

    Attributes:
        shipped: models that stand beside a candidate where its channel offers none.
    """

    store: Store
    trust: Trust
    channels: Channels
    cache: Fetcher
    shipped: ModelSource
    clock: Clock

    def require_trusted(self, key: PersonKey) -> None:
        """Raises InvalidSettings where nobody would believe the key."""
        if key.key_id not in self.trust.keys:
            known = ", ".join(sorted(each.name for each in self.trust.keys.values()))
            raise InvalidSettings(
                f"nobody here trusts the key {key.key_id} (trusted are: {known}); "
                "put its public half into the folder of trusted keys, or use another key"
            )

    def offered_beside(self, name: str, channel: str) -> list[registry_pb2.Release]:
        """What the channel offers of all other models that judging `name` takes."""
        pointers = (self.channels.current(channel, other) for other in place_of(name).names if other != name)
        return [pointer.release for pointer in pointers if pointer]

    def beside(self, name: str, offered: Sequence[registry_pb2.Release]) -> dict[str, LoadedModel]:
        """Every other model that judging `name` takes: what is offered of it, else the shipped one."""
        found = {release.name: self.cache.fetch(release) for release in offered}
        others = (other for other in place_of(name).names if other != name and other not in found)
        return found | {other: self.shipped.load(other) for other in others}

    def with_release(self, others: Mapping[str, LoadedModel], release: registry_pb2.Release) -> dict[str, LoadedModel]:
        """A set of models with this release in it."""
        return {**others, release.name: self.cache.fetch(release)}
