"""Putting a model into the registry: signed, under a name and version that is never used for another."""

from __future__ import annotations

import tempfile
from datetime import UTC
from pathlib import Path

from kit.clock import Clock
from kit.errors import ModelInvalid, ModelUntrusted
from kit.models.card import CARD_FILE, LoadedModel, load_model
from kit.registry.bundle import MAX_SIGNATURE_BYTES
from kit.registry.layout import SIGNATURE_FILE, TEXT_FILE, ModelPlace
from kit.registry.releases import release_at, releases
from kit.registry.signing import sign_folder, verify_folder
from kit.registry.store import Store
from kit.registry.trust import Trust, TrustedKey
from kit.sealing.person_keys import PersonKey
from telltale.model.v1 import registry_pb2


def publish(store: Store, folder: Path, key: PersonKey, clock: Clock) -> registry_pb2.Release:
    """Publishes the model in `folder`, which is called <name>/<version> and holds its card, its text and its artefacts, no more.

    The card is written last: before, nobody sees the model. What was published before with the same card is answered as it is.

    Raises:
        ModelInvalid: the model is not in order; or that version was published, or is being published, with other content.
        StorageUnavailable: the registry does not answer. To publish again later does no harm.
    """
    model = load_model(folder.resolve())
    _check_folder(model)
    published = [release for release in releases(store, model.card.name) if release.version == model.card.version]
    for release in published:
        if release.card_sha256 != model.card_sha256:
            raise _taken(model, f"with another card, on {release.date}")
    return published[0] if published else _publish(store, model, key, clock)


def _publish(store: Store, model: LoadedModel, key: PersonKey, clock: Clock) -> registry_pb2.Release:
    place = ModelPlace(
        model.card.modality, model.card.name, model.card.version, clock.now().astimezone(UTC).date().isoformat()
    )
    for file in (TEXT_FILE, *sorted(artefact.file for artefact in model.card.artefacts)):
        _upload(store, place, model, model.folder / file)
    _upload_signature(store, place, model, key)
    _upload(store, place, model, model.folder / CARD_FILE)
    return release_at(place, model.card_sha256)


def _upload(store: Store, place: ModelPlace, model: LoadedModel, path: Path) -> None:
    if not store.upload(place.key(path.name), path):
        raise _taken(model, f"with another {path.name}")


def _upload_signature(store: Store, place: ModelPlace, model: LoadedModel, key: PersonKey) -> None:
    """No two signatures are alike: what an attempt that broke off left there is held against the folder."""
    with tempfile.TemporaryDirectory(prefix="telltale-publish-") as folder:
        ours, theirs = Path(folder) / "ours", Path(folder) / "theirs"
        sign_folder(model.folder, ours, key)
        if store.upload(place.key(SIGNATURE_FILE), ours):
            return
        store.download(place.key(SIGNATURE_FILE), theirs, MAX_SIGNATURE_BYTES)
        try:
            verify_folder(model.folder, theirs, Trust({key.key_id: TrustedKey("this key", key.public)}))
        except ModelUntrusted as error:
            raise _taken(model, "by another key or with other files") from error


def _check_folder(model: LoadedModel) -> None:
    card, folder = model.card, model.folder
    if (card.name, card.version) != (folder.parent.name, folder.name):
        raise ModelInvalid(f"the card in {folder} is of {card.name}@{card.version}; move it there")
    expected = {CARD_FILE, TEXT_FILE, *(artefact.file for artefact in card.artefacts)}
    found = {path.name for path in folder.iterdir()}
    if found != expected:
        raise ModelInvalid(
            f"{folder} must hold {', '.join(sorted(expected))} and nothing else; "
            f"missing: {', '.join(sorted(expected - found)) or 'none'}; too many: {', '.join(sorted(found - expected)) or 'none'}"
        )


def _taken(model: LoadedModel, how: str) -> ModelInvalid:
    return ModelInvalid(
        f"{model.card.name}@{model.card.version} is published already {how}; give yours a version of its own"
    )
