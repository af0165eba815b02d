"""Whose word counts: public keys in a folder, one `<name>.pub.pem` each, that whoever runs a service puts there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kit.errors import InvalidSettings, ModelUntrusted
from kit.sealing.person_keys import PersonPublicKey
from telltale.model.v1 import registry_pb2

SUFFIX = ".pub.pem"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class TrustedKey:
    """A key and whose it is."""

    name: str
    public: PersonPublicKey


@dataclass(frozen=True)
class Trust:
    """The keys that are trusted here, by key_id."""

    keys: Mapping[str, TrustedKey]

    def check(self, signature: registry_pb2.PersonSignature, document: bytes, what: str) -> TrustedKey:
        """Who signed `document`, which is `what`. Raises ModelUntrusted: a stranger, or a signature of other bytes."""
        signer = self.keys.get(signature.key_id)
        if signer is None:
            raise ModelUntrusted(
                f"{what} is signed by key {signature.key_id}, which is not trusted here; "
                f"trusted are {self._names()}. Add the key to the folder of trusted keys if it should be"
            )
        try:
            signer.public.check(signature, document)
        except ModelUntrusted as error:
            raise ModelUntrusted(f"{what}: {error.message}") from error
        return signer

    def name_of(self, key_id: str) -> str:
        """Whose key that is, for people to read."""
        if not key_id:
            return "nobody"
        return f"{self.keys[key_id].name} ({key_id})" if key_id in self.keys else f"a stranger ({key_id})"

    def _names(self) -> str:
        return ", ".join(sorted(f"{key.name} ({key_id})" for key_id, key in self.keys.items())) or "none"


def read_trust(folder: Path) -> Trust:
    """The keys in `folder`.

    Raises:
        InvalidSettings: no such folder, no key in it, a file that holds none, a name that is none, one key under two names.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))
    except OSError as error:
        raise InvalidSettings(f"the folder of trusted keys {folder} cannot be read: {error.strerror}") from error
    if not paths:
        raise InvalidSettings(f"there is no trusted key in {folder}; put a NAME{SUFFIX} there for each who may publish")
    keys: dict[str, TrustedKey] = {}
    for path in paths:
        key = TrustedKey(_name(path), PersonPublicKey.read(path))
        if key.public.key_id in keys:
            other = keys[key.public.key_id].name
            raise InvalidSettings(f"{folder} holds one key as {other} and as {key.name}; nobody is two people")
        keys[key.public.key_id] = key
    return Trust(keys)


def _name(path: Path) -> str:
    name = path.name.removesuffix(SUFFIX)
    if not NAME.fullmatch(name):
        raise InvalidSettings(f"{path}: {name!r} is no name for a key; use small letters, digits, '.', '_' and '-'")
    return name
