"""What the gateway asks of its database, asked of both."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update

from gateway.ids import id_in, new_id, share_name
from gateway.orders.archive import Archive
from gateway.orders.order import Order
from gateway.paging import MAX_PAGE_BYTES, Page, page
from gateway.search import Search, search
from gateway.storage.records import Claim
from gateway.storage.sql_feedback import SqlFeedback
from gateway.storage.sql_shares import SqlShares
from gateway.storage.tables import analyses
from gateway.storage.times import to_timestamp
from kit.errors import DigestMismatch, NotFound, RequestIdReused
from kit.telemetry.tracing import recorded, serving
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.rows import EVIDENCE, SHA256, World
from tests.support.spans import collected


async def test_rows_are_their_owners_alone(world: World) -> None:
    media = await world.media()
    analysis = await world.judged(media)
    assert await world.store.media.get("alice", id_in(media.name)) == media
    assert await world.store.analyses.get("alice", id_in(analysis.name)) == analysis
    with pytest.raises(NotFound):
        await world.store.media.get("bob", id_in(media.name))
    with pytest.raises(NotFound):
        await world.store.analyses.delete("bob", id_in(analysis.name))


async def test_who_works_on_an_order_knows_the_trace_of_who_gave_it_last(world: World) -> None:
    media, order = await world.media(), Order("token", "", media_pb2.DEPTH_STANDARD, "")
    archive = Archive(world.store.analyses, world.clock)
    with collected() as keeper, recorded("gateway", keeper.endpoint, 1.0):
        with serving("telltale.gateway.v1.AnalysisService/CreateAnalysis", "") as first:
            [ordered] = await archive.begin("alice", [(media, order)])
        taken = await world.work.take_up(id_in(ordered.analysis.name))
        ordered.analysis.state = resources_pb2.ANALYSIS_STATE_FAILED
        await world.work.end(ordered.analysis)
        with serving("telltale.gateway.v1.AnalysisService/CreateAnalysis", "") as second:
            again = archive.renewed("alice", ordered.analysis, order)
        assert await world.work.revive(again.analysis, again.terms)
        anew = await world.work.take_up(id_in(ordered.analysis.name))
    assert (taken and taken.terms.traceparent) == dict(first.headers)["traceparent"]
    assert (anew and anew.terms.traceparent) == dict(second.headers)["traceparent"]


async def test_what_has_expired_is_not_found_although_nobody_has_deleted_it(world: World) -> None:
    analysis = await world.judged(media := await world.media(timedelta(minutes=1)))
    world.clock.advance(60)
    for look in (world.store.media.get, world.store.analyses.get, world.store.analyses.evidence):
        with pytest.raises(NotFound):
            await look("alice", id_in(media.name if look == world.store.media.get else analysis.name))
    assert await world.store.media.page("alice", Page(10)) == []
    assert await world.store.analyses.page("alice", Page(10), Search()) == []
    assert await world.store.media.expired(world.clock.now(), 10) == [("alice", id_in(media.name))]


async def test_what_has_expired_can_still_be_deleted_by_its_owner(world: World) -> None:
    media = await world.media(timedelta(minutes=1))
    world.clock.advance(60)
    assert (await world.store.shredder.media("alice", id_in(media.name))).names == (media.name,)


@pytest.mark.parametrize("query", ["REISE", "große", "GROSSE", "5555", "%"])
async def test_names_and_digests_are_searched_alike(world: World, query: str) -> None:
    analysis = await world.judged(await world.media())
    found = await world.store.analyses.page("alice", Page(10), search(query + "\0", [verdict_pb2.LABEL_MANIPULATED]))
    assert list(found) == ([] if query == "%" else [analysis])


async def test_what_is_done_is_told_from_what_is_under_way(world: World) -> None:
    judged, waiting = await world.judged(media := await world.media()), await world.analysis(media)
    assert list(await world.store.analyses.page("alice", Page(10), Search(done=True))) == [judged]
    assert list(await world.store.analyses.page("alice", Page(10), Search(done=False))) == [waiting]


async def test_pages_are_newest_first_and_tell_of_one_more(world: World) -> None:
    media = [await world.media() for _ in range(4)]
    page = await world.store.media.page("alice", Page(2, before=id_in(media[3].name)))
    assert list(page) == [media[2], media[1], media[0]]


async def test_of_long_rows_no_more_are_read_than_a_message_holds_and_none_is_left_out(world: World) -> None:
    media = await world.media()
    made = [await world.analysis(media) for _ in range(7)]
    for analysis in made:
        analysis.error.message = "n" * (MAX_PAGE_BYTES // 3)
        analysis.state = resources_pb2.ANALYSIS_STATE_FAILED
        await world.work.end(analysis)
    archive, part = Archive(world.store.analyses, world.clock), Page(100)
    seen: list[resources_pb2.Analysis] = []
    assert len(await world.store.analyses.page("alice", part, Search())) == 3
    while not seen or part.before is not None:
        found, token = await archive.page("alice", part, Search())
        seen += found
        part = page(100, token)
    assert seen == made[::-1]


async def test_a_key_finds_what_it_made_and_refuses_other_bytes(world: World) -> None:
    claim = Claim("analyze", str(uuid.uuid4()), SHA256)
    analysis = await world.analysis(await world.media(), claim)
    assert await world.store.analyses.claimed("alice", claim) == analysis
    with pytest.raises(RequestIdReused):
        await world.store.analyses.claimed("alice", Claim("analyze", claim.request_id, "6" * 64))


async def test_evidence_is_a_file_that_the_row_names(world: World) -> None:
    analysis = await world.judged(await world.media())
    assert await world.store.analyses.evidence("alice", id_in(analysis.name)) == EVIDENCE
    assert await world.store.media.known(world.evidence_files()) == frozenset(world.evidence_files())


async def test_evidence_that_is_stored_again_replaces_the_earlier_one(world: World) -> None:
    analysis = await world.analysis(await world.media())
    for language in ("de", "fr"):
        await world.work.examined(analysis, fusion_service_pb2.FuseRequest(language=language))
    stored = await world.work.evidence(id_in(analysis.name))
    assert stored is not None
    assert (stored.language, len(world.evidence_files())) == ("fr", 1)


async def test_who_was_thought_dead_leaves_the_evidence_of_an_ended_analysis_alone(world: World) -> None:
    analysis = await world.judged(await world.media())
    await world.work.examined(analysis, fusion_service_pb2.FuseRequest(language="fr"))
    assert await world.work.evidence(id_in(analysis.name)) == EVIDENCE
    assert len(world.evidence_files()) == 1


async def test_who_was_thought_dead_shows_no_step_of_what_is_examined_by_now(world: World) -> None:
    analysis = await world.analysis(await world.media())
    late = await world.work.take_up(id_in(analysis.name))
    assert late is not None
    analysis.maps.add(name=f"{analysis.name}/maps/noise_residual")
    analysis.state = resources_pb2.ANALYSIS_STATE_RUNNING
    await world.work.examined(analysis, EVIDENCE)
    await world.work.show(late.analysis)
    assert await world.store.analyses.get("alice", id_in(analysis.name)) == analysis


async def test_who_was_thought_dead_leaves_no_part_behind_an_ended_analysis(world: World) -> None:
    analysis = await world.analysis(await world.media())
    await world.work.keep_part(id_in(analysis.name), "image", b"part")
    assert await world.work.parts(id_in(analysis.name)) == {"image": b"part"}
    analysis.state = resources_pb2.ANALYSIS_STATE_CANCELLED
    await world.work.end(analysis)
    await world.work.keep_part(id_in(analysis.name), "image", b"part")
    assert await world.work.parts(id_in(analysis.name)) == {}


async def test_what_was_examined_before_is_found_by_its_bytes_newest_first(world: World) -> None:
    media = await world.media(life=timedelta(minutes=1))
    older, newer = await world.judged(media), await world.judged(media)
    await world.analysis(media)  # Without evidence.
    await world.work.examined(await world.analysis(media), EVIDENCE)  # Under way: it may be examined once more.
    now, later = world.clock.now(), world.clock.now() + timedelta(minutes=1)
    found = [row.name for row in await world.work.examined_before("alice", SHA256, now, 5)]
    assert found == sorted((older.name, newer.name), reverse=True)
    assert len(await world.work.examined_before("alice", SHA256, now, 1)) == 1
    for owner, sha256, moment in (("bob", SHA256, now), ("alice", "6" * 64, now), ("alice", SHA256, later)):
        assert not await world.work.examined_before(owner, sha256, moment, 5)


async def test_evidence_from_before_it_had_files_is_still_found(world: World) -> None:
    analysis = await world.analysis(await world.media())
    async with world.database.writing() as connection:
        await connection.execute(update(analyses).values(evidence=EVIDENCE.SerializeToString()))
    assert await world.store.analyses.evidence("alice", id_in(analysis.name)) == EVIDENCE
    assert await world.work.evidence(id_in(analysis.name)) == EVIDENCE
    assert "evidence" in (await world.store.shredder.analysis("alice", id_in(analysis.name))).artefacts


async def test_damaged_evidence_is_told(world: World) -> None:
    analysis = await world.judged(await world.media())
    [name] = world.evidence_files()
    (world.folder / "media" / name).write_bytes(b"damaged")
    with pytest.raises(DigestMismatch):
        await world.store.analyses.evidence("alice", id_in(analysis.name))


async def test_evidence_that_comes_behind_a_deletion_is_not_kept(world: World) -> None:
    analysis = await world.analysis(media := await world.media())
    await world.store.shredder.media("alice", id_in(media.name))
    await world.work.examined(analysis, EVIDENCE)
    await world.work.keep_part(id_in(analysis.name), "image", b"part")
    assert (await world.work.end(analysis)).done is False
    assert world.evidence_files() == []


async def test_a_deletion_lists_what_is_there(world: World) -> None:
    analysis = await world.judged(media := await world.media())
    await _share(world, analysis)
    said = resources_pb2.Feedback(name=f"{analysis.name}/feedback", truth=resources_pb2.TRUTH_AUTHENTIC)
    await SqlFeedback(world.database, world.clock).put("alice", said)
    gone = await world.store.shredder.media("alice", id_in(media.name))
    assert gone.artefacts == {"analysis", "evidence", "shares", "feedback"}
    assert gone.names[:2] == (media.name, analysis.name)
    assert gone.sha256 == SHA256


async def test_of_two_deletions_at_once_one_finds_nothing(world: World) -> None:
    media = await world.media()
    await world.judged(media)
    deletions = (world.store.shredder.media("alice", id_in(media.name)) for _ in range(2))
    outcomes = await asyncio.gather(*deletions, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Deletion", "NotFound"]


async def test_of_two_deletions_of_an_analysis_at_once_one_finds_nothing(world: World) -> None:
    media = await world.media()
    for _ in range(5):
        analysis = await world.judged(media)
        deletions = (world.store.shredder.analysis("alice", id_in(analysis.name)) for _ in range(2))
        outcomes = await asyncio.gather(*deletions, return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Deletion", "NotFound"]


async def test_links_end_with_their_media(world: World) -> None:
    share = await _share(world, await world.judged(await world.media(timedelta(minutes=1))))
    assert share.expire_time == to_timestamp(world.clock.now() + timedelta(minutes=1))
    assert await SqlShares(world.database).sweep(world.clock.now() + timedelta(minutes=2)) == 1


async def _share(world: World, analysis: resources_pb2.Analysis) -> resources_pb2.Share:
    now = world.clock.now()
    share = resources_pb2.Share(name=share_name(id_in(analysis.name), new_id(world.clock)))
    share.create_time.CopyFrom(to_timestamp(now))
    share.expire_time.CopyFrom(to_timestamp(now + timedelta(days=1)))
    return await SqlShares(world.database).add("alice", share, "ab" * 32, most=1)
