"""What is remembered of a registry for when it does not answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import ModelUntrusted, StorageUnavailable
from kit.registry.channels import Channels, Wish
from kit.registry.layout import pointer_key
from kit.registry.notes import Notes, open_notes
from kit.registry.store import CreateOnlyStore
from tests.support.registry import MemoryFiles, Town


def noted(town: Town, notes: Notes, last: int) -> Channels:
    """The channels as they are in the notes."""
    notes.keep(town.store, "dev", "thing", last)
    return Channels(notes.store, town.trust, town.clock)


def test_a_channel_reads_from_the_notes_as_it_does_from_the_registry(town: Town, tmp_path: Path) -> None:
    notes = open_notes("s3://bucket/models", tmp_path / "cache")
    first, second = town.published("1.0.0"), town.published("2.0.0")
    town.offer(first)
    town.offer(second, after=1)
    town.channels.point(Wish("dev", first, 2, rollback=True), town.ann)
    assert notes.last("dev", "thing") == 0
    assert noted(town, notes, 3).current("dev", "thing") == town.channels.current("dev", "thing")
    assert notes.last("dev", "thing") == 3


def test_registries_at_other_addresses_have_other_notes(town: Town, tmp_path: Path) -> None:
    town.offer(town.published())
    noted(town, open_notes("s3://one/models", tmp_path), 1)
    assert open_notes("s3://other/models", tmp_path).last("dev", "thing") == 0


def test_what_is_behind_the_verified_end_is_not_noted(town: Town, tmp_path: Path) -> None:
    town.offer(town.published("1.0.0"))
    town.files.content[pointer_key("dev", "thing", 2)] = b"junk"
    assert noted(town, open_notes("s3://bucket/models", tmp_path), 1).current("dev", "thing") is not None


class Failing(MemoryFiles):
    """Its disk fills up with the first file."""

    def add(self, key: str, content: bytes) -> bool:
        self.broken = bool(self.content)
        return super().add(key, content)


def test_half_of_the_notes_are_not_taken_for_the_whole(town: Town) -> None:
    for after, version in enumerate(("1.0.0", "2.0.0")):
        town.offer(town.published(version), after=after)
    files = Failing()
    channels = noted(town, Notes(CreateOnlyStore(files)), 2)
    files.broken = False
    with pytest.raises(ModelUntrusted, match="pointer 1 of thing in dev is missing"):
        channels.current("dev", "thing")


def test_a_place_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    with pytest.raises(StorageUnavailable, match="check who may write there"):
        open_notes("s3://bucket/models", tmp_path / "cache")
