"""A registry in a folder, who may publish there, and who puts things there that nobody should."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from kit.clock import SystemClock
from kit.registry.channels import Channels, Wish
from kit.registry.layout import SIGNATURE_FILE, ModelPlace
from kit.registry.publish import publish
from kit.registry.signing import sign_folder
from kit.registry.store import open_store
from kit.registry.trust import SUFFIX, read_trust
from kit.sealing.person_keys import PersonKey
from telltale.model.v1 import registry_pb2

PUBLISHER: Final = "publisher"
STRANGER: Final = "stranger"
CHANNEL: Final = "dev"


@dataclass(frozen=True)
class Publisher:
    """Below `root`: the registry, and the folder of trusted keys, in which the stranger's is not."""

    root: Path
    keys: Mapping[str, PersonKey]

    @classmethod
    def at(cls, root: Path) -> Self:
        """Makes both."""
        for name in ("registry", "trust", "keys"):
            (root / name).mkdir(parents=True)
        keys = {name: PersonKey.create(root / "keys" / f"{name}.pem") for name in (PUBLISHER, STRANGER)}
        (root / "trust" / f"{PUBLISHER}{SUFFIX}").write_bytes(keys[PUBLISHER].public.pem())
        return cls(root, keys)

    def publish(self, folder: Path) -> registry_pb2.Release:
        """Publishes a model as it should be."""
        return publish(open_store(str(self.root / "registry")), folder, self.keys[PUBLISHER], SystemClock())

    def offer(self, release: registry_pb2.Release) -> None:
        """Makes the channel begin with it."""
        store, trust = open_store(str(self.root / "registry")), read_trust(self.root / "trust")
        Channels(store, trust, SystemClock()).point(Wish(CHANNEL, release, 0), self.keys[PUBLISHER])

    def folder_of(self, release: registry_pb2.Release) -> Path:
        """Where its files lie."""
        return self.root / "registry" / ModelPlace.of(release).key("")

    def replace(self, release: registry_pb2.Release, folder: Path, key: str) -> None:
        """Puts other files in the place of a release, signed by `key`, or by nobody when that is empty."""
        place = self.folder_of(release)
        shutil.rmtree(place)
        shutil.copytree(folder, place)
        if key:
            sign_folder(folder, place / SIGNATURE_FILE, self.keys[key])
