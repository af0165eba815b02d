"""What a channel offers, as the models that a service is built from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from kit.registry.channels import Channels
from kit.registry.fetch import ModelCache
from telltale.model.v1 import registry_pb2


@dataclass(frozen=True)
class ChannelSource:
    """`ModelSource` of what a channel offered at one moment: one release of each name.

    Attributes:
        releases: by name of the model. Two sources with equal releases are of equal models.
    """

    releases: Mapping[str, registry_pb2.Release]
    cache: ModelCache

    @property
    def versions(self) -> Mapping[str, str]:
        """Version by name of the model."""
        return {name: release.version for name, release in self.releases.items()}

    def load(self, name: str) -> LoadedModel:
        """The model of that name, fetched and verified. Raises ModelInvalid, ModelUntrusted, StorageUnavailable, StorageFull."""
        if name not in self.releases:
            raise ModelInvalid(
                f"no {name} was asked of the channel; it was asked for {', '.join(sorted(self.releases))}"
            )
        return self.cache.fetch(self.releases[name])


def channel_source(channels: Channels, cache: ModelCache, channel: str, names: Iterable[str]) -> ChannelSource:
    """What `channel` offers now of the models called `names`.

    Raises:
        ModelInvalid: it offers no model of one of the names.
        ModelUntrusted: what it offers must not be followed.
        StorageUnavailable: the registry does not answer.
    """
    return ChannelSource({name: _offered(channels, channel, name) for name in names}, cache)


def _offered(channels: Channels, channel: str, name: str) -> registry_pb2.Release:
    pointer = channels.current(channel, name)
    if pointer is None:
        raise ModelInvalid(f"channel {channel} offers no {name}; publish one and promote it")
    return pointer.release
