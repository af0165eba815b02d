"""Models from a registry: what its channel offers, and what an operator names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kit.clock import SystemClock
from kit.errors import StorageUnavailable
from kit.log import get_logger
from kit.models.card import LoadedModel
from kit.registry.channels import Channels, Memory
from kit.registry.fetch import ModelCache
from kit.registry.late import LateStore
from kit.registry.layout import CHANNELS_PREFIX
from kit.registry.notes import Notes, open_notes
from kit.registry.releases import find_release
from kit.registry.source import ChannelSource, channel_source
from kit.registry.store import Store, open_store
from kit.registry.trust import read_trust
from kit.serving.watcher import Offer


@dataclass(frozen=True)
class Shelf:
    """A registry, and the folders of who looks at it.

    The keys are read whenever somebody looks: one that was stolen is taken out of the folder, and no service need be started
    anew for that. Where they cannot be read nothing is followed.
    """

    store: Store
    notes: Notes
    trust: Path
    cache_folder: Path
    cache_bytes: int
    memory: Memory = field(default_factory=Memory)

    def channels(self) -> Channels:
        """Its channels, for who trusts the keys that are there now. Raises InvalidSettings."""
        return Channels(self.store, read_trust(self.trust), SystemClock(), self.memory)

    def noted(self) -> Channels:
        """The same as they were when somebody here last looked. Raises InvalidSettings."""
        return Channels(self.notes.store, read_trust(self.trust), SystemClock())

    def cache(self) -> ModelCache:
        """Its models, for the same. Raises InvalidSettings."""
        return ModelCache(self.store, read_trust(self.trust), self.cache_folder, self.cache_bytes)


@dataclass(frozen=True)
class Offers:
    """What a channel offers."""

    shelf: Shelf
    channel: str

    def source(self, names: Sequence[str]) -> ChannelSource:
        """What the channel offers now of these. Raises ModelInvalid, ModelUntrusted, StorageUnavailable, InvalidSettings."""
        shelf = self.shelf
        found = channel_source(shelf.channels(), shelf.cache(), self.channel, names)
        for name in names:
            shelf.notes.keep(shelf.store, self.channel, name, shelf.memory.seen(self.channel, name))
        return found

    def noted(self, name: str) -> ChannelSource:
        """What it offered of a model when somebody here last looked. Raises ModelInvalid, ModelUntrusted, InvalidSettings."""
        return channel_source(self.shelf.noted(), self.shelf.cache(), self.channel, [name])


class First:
    """`ModelSource` of the start: what the channel offers now, or, while the registry does not answer, what is noted.

    One model at a time: before the start nobody knows which ones the service needs. What was noted once must still be there
    when the registry answers: an older end of a channel is not taken for its end, whoever has cut it.
    """

    def __init__(self, offers: Offers) -> None:
        self._offers = offers
        self._away: StorageUnavailable | None = None

    def load(self, name: str) -> LoadedModel:
        """The model, verified. Raises ModelInvalid, ModelUntrusted, StorageUnavailable, StorageFull, InvalidSettings."""
        shelf, channel = self._offers.shelf, self._offers.channel
        noted = shelf.notes.last(channel, name)
        shelf.memory.saw(channel, name, noted)
        if self._away is None:
            try:
                return self._offers.source([name]).load(name)
            except StorageUnavailable as error:
                self._away = error  # The next ones need not wait for it, too.
        if not noted:
            raise self._away
        get_logger().warning(
            "the registry is away; starting with what was offered last", model=name, why=self._away.message
        )
        return self._offers.noted(name).load(name)


@dataclass(frozen=True)
class Followed:
    """`Channel` of the models with these names."""

    offers: Offers
    names: Sequence[str]

    def offered(self) -> Offer:
        """What it offers now. Raises ModelInvalid, ModelUntrusted, StorageUnavailable, InvalidSettings."""
        source = self.offers.source(self.names)
        cards = {name: release.card_sha256 for name, release in source.releases.items()}
        return Offer(cards, source, source.cache.trusted)


@dataclass(frozen=True)
class Published:
    """Everything that a registry holds; what is fetched is signed, whether or not a channel offers it."""

    shelf: Shelf

    def load(self, name: str, version: str) -> LoadedModel:
        """The published model, fetched and verified. Raises ModelInvalid, ModelUntrusted, StorageUnavailable, InvalidSettings."""
        return self.shelf.cache().fetch(find_release(self.shelf.store, name, version))


@dataclass(frozen=True)
class Registered:
    """A registry as a service sees it."""

    first: First
    offers: Offers
    published: Published

    def followed(self, names: Sequence[str]) -> Followed:
        """The channel, asked for models of these names."""
        return Followed(self.offers, tuple(names))


def open_registered(url: str, channel: str, trust_folder: Path, cache_folder: Path, cache_bytes: int) -> Registered:
    """Opens a registry and reads the trusted keys. Raises InvalidSettings, StorageUnavailable."""
    read_trust(trust_folder)  # told at the start, and not when the first model is asked for
    notes = open_notes(url, cache_folder)
    shelf = Shelf(_store(url, notes), notes, trust_folder, cache_folder, cache_bytes)
    offers = Offers(shelf, channel)
    return Registered(First(offers), offers, Published(shelf))


def _store(url: str, notes: Notes) -> Store:
    # What is noted was found at that address: it is a right one, and who does not answer there now may later.
    return LateStore(url) if notes.store.keys(CHANNELS_PREFIX) else open_store(url)
