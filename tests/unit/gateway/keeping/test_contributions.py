"""Copies that people give us: pixels and nothing else, until they want them back."""

from __future__ import annotations

import asyncio
import io
import json
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gateway.ids import id_in
from gateway.intake.ingest import Memory, Upload
from gateway.intake.inspection import Inspection
from gateway.keeping.contributed import ContributedFiles
from gateway.keeping.contributions import Contributions
from gateway.keeping.orphans import UPLOAD_AGE
from gateway.keeping.storeroom import Storeroom
from gateway.keeping.vault import Vault
from gateway.orders.places import Slots
from gateway.report.eye import SandboxEye
from gateway.storage.database import open_database
from kit.errors import NotConfigured, NotFound, UnsupportedMediaKind
from kit.media import image
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.c2pa_signing import new_signer, sign
from tests.support.clock import FakeClock
from tests.support.fake_eye import FakeEye, gradient
from tests.support.storeroom import new_storeroom

AUTHENTIC, MANIPULATED = resources_pb2.TRUTH_AUTHENTIC, resources_pb2.TRUTH_MANIPULATED
MARKS = (b"mark-in-the-exif", b"mark-in-the-xmp", b"mark-in-the-icc", b"mark-in-a-comment", b"c2pa", b"Exif", b"JFIF")


@dataclass(frozen=True)
class World:
    store: Storeroom
    vault: Vault
    gifts: Contributions
    clock: FakeClock
    folder: Path

    async def media(
        self, data: bytes = b"photo", kind: media_pb2.MediaKind.ValueType = media_pb2.MEDIA_KIND_IMAGE
    ) -> str:
        """Id of a stored file."""
        with MediaFile.from_bytes(data) as file:
            info = media_pb2.MediaInfo(kind=kind, size_bytes=file.size_bytes, sha256=file.sha256)
            inspection = Inspection(info, resources_pb2.SCAN_STATE_UNSCANNED)
            return id_in((await self.vault.keep("alice", Upload(file, None, "", ""), inspection, None)).name)

    def copies(self) -> dict[str, bytes]:
        """What is in the store of contributions, by the end of the name."""
        return {path.name[26:]: path.read_bytes() for path in (self.folder / "contributions").iterdir()}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = FakeClock()
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        store = new_storeroom(database, tmp_path, clock)
        vault = Vault(store.media, store.evidence._blobs, Memory(10**7, 10**7), clock, timedelta(hours=1))
        gifts = Contributions(store.contributions, store.contributed, vault, FakeEye(), Slots(1, 8), clock)
        yield World(store, vault, gifts, clock, tmp_path)


@pytest.fixture(scope="module")
def eye() -> Iterator[SandboxEye]:
    with Sandbox.start(SandboxSettings(max_children=1), image.PRELOAD) as sandbox:
        yield SandboxEye(sandbox, MediaLimits())


def talkative() -> bytes:
    """A picture with metadata of every kind."""
    picture = Image.fromarray(gradient())
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[0x010E] = MARKS[0].decode()
    more = {"exif": exif, "xmp": b"<x>" + MARKS[1] + b"</x>", "icc_profile": MARKS[2] * 9, "comment": MARKS[3]}
    picture.save(buffer, "JPEG", **more)
    return sign(buffer.getvalue(), new_signer(), "digitalCapture")


def chunks_of(png: bytes) -> list[bytes]:
    kinds, offset = [], 8
    while offset < len(png):
        [length], kind = struct.unpack(">I", png[offset : offset + 4]), png[offset + 4 : offset + 8]
        kinds.append(kind)
        offset += length + 12
    return kinds


async def test_a_copy_has_the_pixels_and_no_byte_of_metadata(world: World, eye: SandboxEye) -> None:
    original = talkative()
    assert all(mark in original for mark in MARKS)
    gifts = Contributions(
        world.store.contributions, world.store.contributed, world.vault, eye, Slots(1, 0), world.clock
    )
    await gifts.give("alice", await world.media(original), MANIPULATED)
    png = world.copies()[".png"]
    assert set(chunks_of(png)) == {b"IHDR", b"IDAT", b"IEND"}
    assert not any(mark in png for mark in MARKS)
    with MediaFile.from_bytes(original) as media:
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(png))), eye.whole(media))


async def test_its_truth_lies_beside_it_and_can_be_corrected(world: World) -> None:
    media_id = await world.media()
    first = await world.gifts.give("alice", media_id, AUTHENTIC)
    assert json.loads(world.copies()[".json"]) == {"truth": "authentic"}
    second = await world.gifts.give("alice", media_id, MANIPULATED)
    assert (second.name, second.truth) == (first.name, MANIPULATED)
    assert json.loads(world.copies()[".json"]) == {"truth": "manipulated"}
    assert len(world.copies()) == 2


async def test_eight_equal_calls_at_once_make_one_copy(world: World) -> None:
    media_id = await world.media()
    given = await asyncio.gather(*(world.gifts.give("alice", media_id, AUTHENTIC) for _ in range(8)))
    assert len({each.name for each in given}) == 1
    assert len(list((world.folder / "contributions").iterdir())) == 2


async def test_a_copy_outlives_its_media_by_expiry_and_is_found_by_its_name_alone(world: World) -> None:
    media_id = await world.media()
    given = await world.gifts.give("alice", media_id, AUTHENTIC)
    await world.store.shredder.media("alice", media_id, contributed=False)
    world.clock.advance(2 * UPLOAD_AGE.total_seconds())
    assert [await orphans.sweep() for orphans in world.store.orphans] == [0, 0]
    assert set(world.copies()) == {".png", ".json"}
    assert await world.store.contributions.of_media("alice", media_id) is None
    gone = await world.gifts.take_back("alice", id_in(given.name))
    assert (gone.names, gone.artefacts) == ((given.name,), frozenset({"contribution"}))
    assert world.copies() == {}


async def test_deleting_the_media_deletes_the_copy(world: World) -> None:
    media_id = await world.media()
    given = await world.gifts.give("alice", media_id, AUTHENTIC)
    gone = await world.store.shredder.media("alice", media_id)
    assert given.name in gone.names
    assert "contribution" in gone.artefacts
    assert world.copies() == {}
    with pytest.raises(NotFound):
        await world.gifts.take_back("alice", id_in(given.name))


async def test_a_copy_is_its_owners_alone(world: World) -> None:
    given = await world.gifts.give("alice", media_id := await world.media(), AUTHENTIC)
    with pytest.raises(NotFound):
        await world.gifts.give("bob", media_id, AUTHENTIC)
    with pytest.raises(NotFound):
        await world.gifts.take_back("bob", id_in(given.name))


async def test_media_deleted_while_they_are_copied_leave_no_copy(world: World) -> None:
    media = await world.vault.get("alice", media_id := await world.media())
    await world.store.shredder.media("alice", media_id)
    made = resources_pb2.Contribution(name="contributions/" + media_id, truth=AUTHENTIC)
    with pytest.raises(NotFound):
        await world.gifts._keep("alice", media, made, b"png")
    assert world.copies() == {}


async def test_a_copy_that_a_crash_left_without_a_row_is_swept(world: World) -> None:
    given = await world.gifts.give("alice", await world.media(), AUTHENTIC)
    await world.store.contributions.delete("alice", id_in(given.name))
    world.clock.advance(UPLOAD_AGE.total_seconds() + 1)
    await world.store.orphans[1].sweep()
    assert world.copies() == {}


async def test_only_pictures_are_taken(world: World) -> None:
    with pytest.raises(UnsupportedMediaKind):
        await world.gifts.give("alice", await world.media(kind=media_pb2.MEDIA_KIND_VIDEO), AUTHENTIC)


async def test_without_a_store_nothing_is_taken(world: World) -> None:
    gifts = Contributions(
        world.store.contributions, ContributedFiles(None), world.vault, FakeEye(), Slots(1, 0), world.clock
    )
    with pytest.raises(NotConfigured, match="contributions_url"):
        await gifts.give("alice", await world.media(), AUTHENTIC)


async def test_where_the_store_was_taken_away_media_with_a_copy_are_not_said_to_be_deleted(world: World) -> None:
    await world.gifts.give("alice", media_id := await world.media(), AUTHENTIC)
    shredder = world.store.shredder
    shredder._contributed = ContributedFiles(None)
    with pytest.raises(NotConfigured):
        await shredder.media("alice", media_id)
    assert (await world.store.media.belongings("alice", media_id)).contributions
