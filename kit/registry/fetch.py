"""From the registry onto the disk: fetched once, verified before anybody sees it and whenever it is used again."""

from __future__ import annotations

import dataclasses
import weakref
from contextlib import ExitStack
from pathlib import Path

import protovalidate
import structlog

from kit.errors import ModelInvalid, ModelUntrusted, NotFound
from kit.models.card import CARD_FILE, LoadedModel, load_model
from kit.registry.bundle import MAX_SIGNATURE_BYTES
from kit.registry.cache import DiskCache
from kit.registry.documents import parsed
from kit.registry.faults import disk_faults
from kit.registry.layout import SIGNATURE_FILE, TEXT_FILE, ModelPlace
from kit.registry.releases import card_of
from kit.registry.signing import verify_folder
from kit.registry.store import Store
from kit.registry.trust import Trust
from telltale.model.v1 import card_pb2, registry_pb2

_MODEL = "model"
_log = structlog.get_logger()


class ModelCache:
    """Models from a registry in a folder of at most so many bytes, which processes may share. May be used from several threads.

    What a `LoadedModel` was given out for stays on the disk while that object lives, in any process; of the rest the least
    recently used goes when room is needed.
    """

    def __init__(self, store: Store, trust: Trust, folder: Path, max_bytes: int) -> None:
        self._store = store
        self._trust = trust
        self._folder = folder
        self._disk = DiskCache(folder, max_bytes)

    @property
    def trusted(self) -> frozenset[str]:
        """Ids of the keys that are believed."""
        return frozenset(self._trust.keys)

    def fetch(self, release: registry_pb2.Release) -> LoadedModel:
        """A verified model.

        Raises:
            ModelInvalid: the release is not there, or its files are not those of its card.
            ModelUntrusted: no trusted key signed exactly these files.
            StorageFull: the disk, or the cache with what is in use, has no room.
            StorageUnavailable: the registry does not answer, or the folder cannot be used.
            InvalidSettings: others may write in the folder.
        """
        try:
            protovalidate.validate(release)
        except protovalidate.ValidationError as error:
            raise ModelInvalid(f"that is no release: {error}") from error
        with disk_faults(self._folder), ExitStack() as held:
            held.enter_context(self._disk.lease(release.card_sha256))
            model = self._cached(release) or self._fetched(release)
            weakref.finalize(model, held.pop_all().close)
            return model

    def _cached(self, release: registry_pb2.Release) -> LoadedModel | None:
        place = self._disk.place(release.card_sha256)
        if not place.is_dir():
            return None
        try:
            return self._verified(place, release)
        except (ModelInvalid, ModelUntrusted) as error:
            _log.warning("a model in the cache is fetched again", model=release.name, reason=error.message)
            return None

    def _fetched(self, release: registry_pb2.Release) -> LoadedModel:
        with self._disk.fetching() as partial:
            if model := self._cached(release):  # somebody else fetched it in the meantime
                return model
            try:
                self._download(release, partial)
            except NotFound as error:
                raise ModelInvalid(f"{_named(release)} is not complete: {error.message}") from error
            model = self._verified(partial, release)
            place = self._disk.keep(partial, release.card_sha256)
            return dataclasses.replace(model, folder=place / _MODEL)

    def _download(self, release: registry_pb2.Release, partial: Path) -> None:
        place = ModelPlace.of(release)
        card, artefacts = self._card(release)
        signature = self._store.read(place.key(SIGNATURE_FILE), MAX_SIGNATURE_BYTES)
        documents = {
            SIGNATURE_FILE: signature,
            f"{_MODEL}/{CARD_FILE}": card,
            f"{_MODEL}/{TEXT_FILE}": self._store.read(place.key(TEXT_FILE)),
        }
        self._disk.make_room(sum(map(len, documents.values())) + sum(artefacts.values()))
        (partial / _MODEL).mkdir()
        for name, content in documents.items():
            (partial / name).write_bytes(content)
        for file, size_bytes in artefacts.items():
            self._store.download(place.key(file), partial / _MODEL / file, size_bytes)

    def _card(self, release: registry_pb2.Release) -> tuple[bytes, dict[str, int]]:
        """The card, and its artefacts: their lengths in bytes by name."""
        raw = card_of(self._store, release)
        if raw is None:
            raise ModelInvalid(f"{_named(release)} is not published with that card")
        card = parsed(raw, card_pb2.ModelCard(), f"the card of {_named(release)}")
        artefacts = {artefact.file: artefact.size_bytes for artefact in card.artefacts}
        if len(artefacts) != len(card.artefacts) or CARD_FILE in artefacts:
            raise ModelInvalid(f"the card of {_named(release)} lists a file twice, or itself; export the model again")
        return raw, artefacts

    def _verified(self, folder: Path, release: registry_pb2.Release) -> LoadedModel:
        signer = verify_folder(folder / _MODEL, folder / SIGNATURE_FILE, self._trust)
        model = load_model(folder / _MODEL)
        card = model.card
        if (card.name, card.version, card.modality) != (release.name, release.version, release.modality):
            raise ModelInvalid(f"{_named(release)} holds {card.name}@{card.version}, signed by {signer.name}")
        if model.card_sha256 != release.card_sha256:
            raise ModelInvalid(f"{_named(release)} has card {model.card_sha256[:16]}, signed by {signer.name}")
        return model


def _named(release: registry_pb2.Release) -> str:
    return f"{release.name}@{release.version} (card {release.card_sha256[:12]}, {release.date})"
