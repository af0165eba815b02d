"""What is published. Whether to trust it is for who fetches it to find out: here nothing is verified but names and digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from kit.errors import ModelInvalid, NotFound
from kit.models.card import CARD_FILE, MAX_CARD_BYTES
from kit.registry.layout import MODALITIES, ModelPlace, models_prefix
from kit.registry.store import Store
from telltale.model.v1 import registry_pb2


def releases(store: Store, name: str) -> Sequence[registry_pb2.Release]:
    """Every published version of a model, oldest version first. Raises StorageUnavailable, ModelInvalid."""
    keys = [key for modality in MODALITIES for key in store.keys(models_prefix(modality, name))]
    places = [place for place in map(ModelPlace.of_card, keys) if place is not None]
    return [_release(store, place) for place in sorted(places, key=_order)]


def find_release(store: Store, name: str, version: str) -> registry_pb2.Release:
    """The release of that version.

    Raises:
        ModelInvalid: there is none; or two with different cards, which only somebody who writes by hand can bring about.
        StorageUnavailable: the registry does not answer.
    """
    published = releases(store, name)
    found = {release.card_sha256: release for release in published if release.version == version}
    if len(found) > 1:
        raise ModelInvalid(
            f"{name}@{version} is published with different cards: {', '.join(sorted(found))}; remove one"
        )
    if not found:
        others = ", ".join(release.version for release in published) or "nothing"
        raise ModelInvalid(f"{name}@{version} is not published; of {name} there is {others}")
    return next(iter(found.values()))


def check_published(store: Store, release: registry_pb2.Release) -> None:
    """Raises ModelInvalid when a release is not where it says, with the card that it says."""
    if card_of(store, release) is None:
        raise ModelInvalid(
            f"{release.name}@{release.version} of {release.date} is not published with card {release.card_sha256[:16]}"
        )


def card_of(store: Store, release: registry_pb2.Release) -> bytes | None:
    """The bytes of its card; None when there is none at its place, or another one."""
    try:
        card = store.read(ModelPlace.of(release).key(CARD_FILE), MAX_CARD_BYTES)
    except NotFound:
        return None
    return card if hashlib.sha256(card).hexdigest() == release.card_sha256 else None


def release_at(place: ModelPlace, card_sha256: str) -> registry_pb2.Release:
    """The release of a model that was published there with that card."""
    return registry_pb2.Release(
        name=place.name,
        version=place.version,
        modality=place.modality,
        date=place.date,
        card_sha256=card_sha256,
    )


def _release(store: Store, place: ModelPlace) -> registry_pb2.Release:
    card = store.read(place.key(CARD_FILE), MAX_CARD_BYTES)
    return release_at(place, hashlib.sha256(card).hexdigest())


def _order(place: ModelPlace) -> tuple[tuple[int, ...], str, str]:
    return tuple(map(int, place.version.split("."))), place.date, place.modality
