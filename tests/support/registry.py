"""A registry of the tests' own: its files in memory, people with keys, and small models."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric import ec

from kit.models.card import describe_artefact, write_card
from kit.registry.approvals import approve
from kit.registry.channels import Channels, Wish
from kit.registry.fetch import ModelCache
from kit.registry.layout import pointer_key
from kit.registry.publish import publish
from kit.registry.store import CreateOnlyStore, Store
from kit.registry.trust import Trust, TrustedKey
from kit.sealing.canonical import canonical_json
from kit.sealing.person_keys import PersonKey
from telltale.model.v1 import card_pb2, registry_pb2
from tests.support.clock import FakeClock

REPORT = "f" * 64


class MemoryFiles:
    """`Files` in memory. `content` may be changed behind the registry's back; `broken` makes every call fail."""

    faults: tuple[type[Exception], ...] = (OSError,)

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.broken = False
        self._lock = threading.Lock()

    def add(self, key: str, content: bytes) -> bool:
        self._check()
        with self._lock:
            return self.content.setdefault(key, content) is content

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        self._check()
        if key not in self.content:
            raise FileNotFoundError(key)
        yield BytesIO(self.content[key])

    def names(self, prefix: str) -> Sequence[str]:
        self._check()
        return [key for key in self.content if key.startswith(f"{prefix}/")]

    def _check(self) -> None:
        if self.broken:
            raise OSError("the store is broken")


def new_person() -> PersonKey:
    return PersonKey(ec.generate_private_key(ec.SECP256R1()))


def trust_in(**people: PersonKey) -> Trust:
    return Trust({key.key_id: TrustedKey(name, key.public) for name, key in people.items()})


def model_folder(root: Path, name: str = "thing", version: str = "1.0.0", content: bytes = b'{"a": 1}') -> Path:
    """A model with one artefact, laid out as models/ is."""
    folder = root / name / version
    folder.mkdir(parents=True)
    (folder / "thing.json").write_bytes(content)
    (folder / "CARD.md").write_text(f"# {name}\n", encoding="utf-8")
    card = card_pb2.ModelCard(
        name=name,
        version=version,
        modality="image",
        task="Tells things from other things.",
        licence="Apache-2.0",
        created="2026-01-02",
        artefacts=[describe_artefact(folder / "thing.json", card_pb2.ARTEFACT_FORMAT_JSON)],
    )
    write_card(card, folder)
    return folder


class Town:
    """A registry and the people around it: "ann" and "bob" are trusted, "eve" is not.

    Attributes:
        store: the registry, in memory unless given.
        files: what is in it, when it is in memory.
    """

    def __init__(self, folder: Path, store: Store | None = None) -> None:
        self.files = MemoryFiles()
        self.store = store or CreateOnlyStore(self.files)
        self.folder = folder
        self.clock = FakeClock()
        self.ann, self.bob, self.eve = new_person(), new_person(), new_person()
        self.trust = trust_in(ann=self.ann, bob=self.bob)
        self.channels = Channels(self.store, self.trust, self.clock)

    def published(self, version: str = "1.0.0", content: bytes | None = None) -> registry_pb2.Release:
        content = content or f'{{"version": "{version}"}}'.encode()
        place = self.folder / "zoo"
        return publish(self.store, model_folder(place, version=version, content=content), self.ann, self.clock)

    def cache(self, max_bytes: int = 2**20, folder: str = "cache") -> ModelCache:
        return ModelCache(self.store, self.trust, self.folder / folder, max_bytes)

    def approval(
        self, key: PersonKey, release: registry_pb2.Release, channel: str, live: int = 0, report: str = REPORT
    ) -> registry_pb2.ApprovalRecord:
        wanted = registry_pb2.Approval(release=release, channel=channel, report_sha256=report, live_sequence=live)
        return approve(self.store, wanted, key, self.clock.now())

    def offer(self, release: registry_pb2.Release, channel: str = "dev", after: int = 0) -> registry_pb2.Pointer:
        """Makes a channel offer it, with all that it takes."""
        people = {"dev": [], "staging": [self.ann], "production": [self.ann, self.bob]}[channel]
        given = [self.approval(key, release, channel, after) for key in people]
        return self.channels.point(Wish(channel, release, after, given), self.ann)

    def planted(self, pointer: registry_pb2.Pointer, key: PersonKey, place: int | None = None) -> None:
        """What somebody who can write to the registry, but uses none of our code, might put there."""
        record = registry_pb2.PointerRecord(pointer=pointer, signature=key.sign(canonical_json(pointer)))
        where = pointer_key(pointer.channel, "thing", place or pointer.sequence)
        self.files.content[where] = canonical_json(record)
