"""What a detector said of the same bytes before is taken over while it would say the same again, and only then."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from gateway.backends.basis import heard_by
from gateway.making.plan import AV_SYNC, IMAGE, METADATA, TEMPORAL
from gateway.storage.blobs import BlobStore, open_blobs
from gateway.storage.evidence import SUFFIX
from kit.errors import DetectorUnavailable, RequestIdReused, StorageUnavailable, TooManyNearDuplicates
from kit.telemetry import exposition
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import analysis_service_pb2, media_service_pb2, resources_pb2
from tests.support.clock import FakeClock
from tests.support.gateway import LOOKS, PHOTO, SOUND, VIDEO, World, refusal, running_gateway

NONE = resources_pb2.RETENTION_NONE
OF_PHOTOS, OF_VIDEOS = {IMAGE, METADATA}, {IMAGE, TEMPORAL, AV_SYNC, METADATA}


@asynccontextmanager
async def stating_gateway(folder: Path, **settings: Any) -> AsyncIterator[World]:
    """A gateway whose detectors say by what they answer."""
    async with running_gateway(folder, **settings) as world:
        backends = world.backends
        for number, fake in enumerate((backends.image, backends.temporal, backends.av_sync, backends.metadata)):
            fake.basis = f"{number:064x}"
        yield world


def calls(world: World) -> dict[str, int]:
    """How often each detector was called."""
    backends = world.backends
    fakes = {IMAGE: backends.image, TEMPORAL: backends.temporal, AV_SYNC: backends.av_sync, METADATA: backends.metadata}
    return {detector: len(fake.received) for detector, fake in fakes.items() if fake.received}


def recalled(analysis: resources_pb2.Analysis) -> set[str]:
    """Detectors whose part was taken over from an earlier analysis."""
    return {origin.detector for origin in analysis.origins if origin.recalled_from}


async def analyze(world: World, data: bytes = PHOTO, **first: Any) -> resources_pb2.Analysis:
    """The finished analysis, a second after whatever was before."""
    world.clock.advance(1)
    return (await world.analyze(data, **first))[-1]


async def test_a_photo_that_comes_again_is_judged_again_without_asking_any_detector(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        first, second = await analyze(world), await analyze(world)
        assert calls(world) == {IMAGE: 1, METADATA: 1}
        assert (second.evidence, second.tracks, second.metadata) == (first.evidence, first.tracks, first.metadata)
        judged = [request.evidence for request in world.backends.fusion.requests]
        assert judged[0] == judged[1]
        assert {step.state for step in second.progress} == {resources_pb2.DETECTOR_STATE_DONE}


async def test_an_answer_says_what_was_taken_over_and_when_that_was_found(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        first, second, third = [await analyze(world) for _ in range(3)]
        assert not recalled(first)
        assert recalled(second) == recalled(third) == OF_PHOTOS
        assert {origin.recalled_from for origin in (*second.origins, *third.origins)} == {first.name}
        assert third.origins[0].complete_time == first.origins[0].complete_time != third.complete_time
        assert 'telltale_gateway_evidence_total{detector="metadata",origin="recalled"}' in exposition()


async def test_a_video_that_comes_again_keeps_its_faces_its_sound_and_its_maps(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        first, second = await analyze(world, VIDEO), await analyze(world, VIDEO)
        assert set(calls(world).values()) == {1}
        assert recalled(second) == OF_VIDEOS
        for field in ("evidence", "tracks", "examined", "soundtrack", "lip_sync", "metadata"):
            assert getattr(second, field) == getattr(first, field)
        picture = analysis_service_pb2.GetMapRequest(name=second.maps[0].name)
        assert (await world.analysis.GetMap(picture, metadata=world.headers)).file.data


async def test_nothing_is_taken_over_from_another_tenant(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        await analyze(world)
        other = await analyze(world, headers=await world.headers_for(owner="bob"))
        assert calls(world) == {IMAGE: 2, METADATA: 2}
        assert not recalled(other)


async def test_another_depth_counts_for_those_who_look_at_less_by_it(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        await analyze(world, VIDEO)
        quick = await analyze(world, VIDEO, depth=media_pb2.DEPTH_QUICK)
        assert recalled(quick) == {METADATA}
        await analyze(world)
        assert recalled(await analyze(world, depth=media_pb2.DEPTH_QUICK)) == OF_PHOTOS


async def test_after_a_switch_only_that_service_is_asked_again_and_after_a_switch_back_none(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        first = world.backends.image.basis
        await analyze(world)
        world.backends.image.basis = "f" * 64
        assert recalled(await analyze(world)) == {METADATA}
        world.backends.image.basis = first
        assert recalled(await analyze(world)) == OF_PHOTOS
        assert calls(world) == {IMAGE: 2, METADATA: 1}


async def test_faces_of_models_that_are_gone_are_never_mixed_with_those_of_others(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        await analyze(world, VIDEO)
        for fake in (world.backends.image, world.backends.temporal, world.backends.av_sync):
            fake.basis_next = "f" * 64  # Switched behind our question, before anything else is done.
        second = await analyze(world, VIDEO)
        assert recalled(second) == OF_VIDEOS
        third = await analyze(world, VIDEO)
        by = {origin.detector: (origin.basis, origin.faces_basis) for origin in third.origins}
        assert recalled(third) == {METADATA}
        assert by[TEMPORAL] == by[AV_SYNC] == (heard_by("f" * 64), heard_by("f" * 64))


async def test_what_is_deleted_is_forgotten(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        first = await analyze(world)
        request = media_service_pb2.DeleteMediaRequest(name=first.media)
        await world.media.DeleteMedia(request, metadata=world.headers)
        assert not recalled(await analyze(world))
        assert calls(world) == {IMAGE: 2, METADATA: 2}


async def test_what_has_expired_is_forgotten_before_anybody_deletes_it(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        await analyze(world, time_to_live=Duration(seconds=60))
        world.clock.advance(60)
        assert not recalled(await analyze(world))


async def test_what_depends_on_the_day_is_found_out_anew_the_day_after(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path, media_retention_h=72) as world:
        await analyze(world)
        world.clock.advance(25 * 3600)
        assert recalled(await analyze(world)) == {IMAGE}


async def test_what_must_not_be_kept_is_neither_taken_over_nor_used_for_others(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        await analyze(world, retention=NONE)
        assert not recalled(await analyze(world))
        assert not recalled(await analyze(world, retention=NONE))
        assert calls(world) == {IMAGE: 3, METADATA: 3}


async def test_what_a_detector_could_not_say_is_asked_again(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        world.backends.image.error = DetectorUnavailable("it is away")
        await analyze(world)
        world.backends.image.error = None
        assert recalled(await analyze(world)) == {METADATA}
        assert recalled(await analyze(world)) == OF_PHOTOS


async def test_two_at_once_ask_each_for_itself(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        both = [asyncio.ensure_future(world.analyze()) for _ in range(2)]
        while len(world.backends.image.received) < 2:
            await asyncio.sleep(0.01)
        world.backends.image.go_on.set()
        [[one], [other]] = await asyncio.gather(*both)
        assert not recalled(one) | recalled(other)
        assert recalled(await analyze(world)) == OF_PHOTOS


class ForgetfulStore:
    """A store that is away once when evidence is written to it, as for a worker that dies there."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self.lose_next = False

    def put(self, key: str, size_bytes: int, chunks: Iterable[bytes]) -> None:
        if self.lose_next and key.endswith(SUFFIX):
            self.lose_next = False
            raise StorageUnavailable("the store is away")
        self._blobs.put(key, size_bytes, chunks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)


@pytest.mark.parametrize("data", [PHOTO, VIDEO], ids=["photo", "video"])
async def test_who_breaks_off_in_between_takes_over_again(tmp_path: Path, data: bytes) -> None:
    store = ForgetfulStore(open_blobs(f"file://{tmp_path}/media", 2**30, FakeClock()))
    async with stating_gateway(tmp_path, blobs=store) as world:
        world.engine.retries = 1
        first = await analyze(world, data)
        store.lose_next = True
        second = await analyze(world, data)
        assert world.engine.tried_again.is_set()
        assert set(calls(world).values()) == {1}
        assert second.evidence == first.evidence


async def test_a_fresh_look_is_had_by_asking_for_it(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        first = await analyze(world)
        assert not recalled(await analyze(world, fresh=True))
        [stored] = await world.analyze_stored(first.media, fresh=True)
        created = await world.wait((await world.create(first.media, fresh=True)).name.replace("operations", "analyses"))
        assert not recalled(stored) | recalled(created)
        assert created.fresh
        assert calls(world) == {IMAGE: 4, METADATA: 4}


async def test_one_key_stands_for_one_wish(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        key = str(uuid.uuid4())
        first = await analyze(world, request_id=key)
        assert isinstance(await refusal(world.analyze(fresh=True, request_id=key)), RequestIdReused)
        assert await analyze(world, request_id=key) == first


async def test_where_it_is_switched_off_every_detector_is_asked_every_time(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path, recall=False) as world:
        await analyze(world, SOUND)
        assert not recalled(await analyze(world, SOUND))
        assert calls(world) == {AV_SYNC: 2, METADATA: 2}


async def test_a_service_that_does_not_say_by_what_it_answers_is_asked_about_the_file(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path) as world:
        await analyze(world)
        world.backends.image.says.clear()
        assert recalled(await analyze(world)) == {METADATA}


async def test_a_file_that_is_taken_over_is_still_seen_by_who_counts_variants(tmp_path: Path) -> None:
    async with stating_gateway(tmp_path, near_duplicate_budget="2/hour") as world:
        variants = [PHOTO + LOOKS + f"{1:016x} {number}".encode() for number in range(3)]
        for _ in range(2):
            await analyze(world, variants[0])
        await analyze(world, variants[1])
        assert isinstance(await refusal(world.analyze(variants[2])), TooManyNearDuplicates)
