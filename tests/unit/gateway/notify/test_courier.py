"""Deliveries over days, on a clock that stands still until a test moves it."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.jobs.engine import Job
from gateway.keeping.storeroom import Storeroom
from gateway.notify.courier import Courier
from gateway.notify.destinations import Destination, Destinations
from gateway.notify.postman import Answer, Undelivered
from gateway.notify.reminder import PATIENCE, Reminder
from gateway.storage.database import Database, open_database
from gateway.storage.records import NewAnalysis, Terms
from gateway.storage.sql_notifications import SqlNotifications
from gateway.storage.times import to_timestamp
from kit.errors import WebhookRefused
from kit.sealing.keys import SigningKey
from kit.telemetry.tracing import recorded
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock
from tests.support.spans import collected
from tests.support.storeroom import new_storeroom, work_on

DAY_S = 86400.0
MEDIA, ANALYSIS = "media/" + "m" * 26, "analyses/" + "a" * 26
URL = "https://hooks.example.org/secret-path"


@dataclass
class FakeSender:
    """Answers in turn, the last one again and again; an exception is raised."""

    replies: list[Answer | Exception]
    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def post(self, destination: Destination, headers: Mapping[str, str], body: bytes) -> Answer:
        self.sent.append((dict(headers), body))
        reply = self.replies[min(len(self.sent), len(self.replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply


@dataclass
class Submissions:
    """Of an engine what takes jobs on."""

    jobs: list[Job] = field(default_factory=list)

    async def renew(self, jobs: Sequence[Job]) -> None:
        self.jobs += jobs


@dataclass
class World:
    database: Database
    folder: Path
    clock: FakeClock
    key: SigningKey
    sender: FakeSender

    def courier(self, hosts: tuple[str, ...] = ("hooks.example.org",)) -> Courier:
        allowed = Destinations(hosts, (443,), (), plain_loopback=False)
        return Courier(self.rows, allowed, self.sender, self.key, self.clock, random.Random(1))

    @property
    def store(self) -> Storeroom:
        return new_storeroom(self.database, self.folder, self.clock)

    @property
    def rows(self) -> SqlNotifications:
        return SqlNotifications(self.database)

    async def ended(
        self, url: str = URL, state: int = resources_pb2.ANALYSIS_STATE_SUCCEEDED, traceparent: str = ""
    ) -> str:
        """Id of the notification of an analysis that has just ended."""
        analysis = resources_pb2.Analysis(name=ANALYSIS, media=MEDIA, display_name="my face.jpg")
        analysis.state = resources_pb2.ANALYSIS_STATE_RUNNING
        analysis.info.sha256 = "5" * 64
        media = resources_pb2.Media(name=MEDIA, info=analysis.info, expire_time=to_timestamp(self.clock.now()))
        await self.store.media.add("alice", media, None)
        await self.store.analyses.add(
            "alice", [NewAnalysis(analysis, Terms("token", notify_url=url, traceparent=traceparent), None)]
        )
        analysis.create_time.CopyFrom(to_timestamp(self.clock.now()))
        analysis.complete_time.CopyFrom(to_timestamp(self.clock.now()))
        analysis.state = state  # type: ignore[assignment]  # a number of the enumeration
        return (await work_on(self.database, self.folder, self.clock).end(analysis)).notification_id


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    key = SigningKey.create(tmp_path / "key.pem")
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        yield World(database, tmp_path, FakeClock(), key, FakeSender([Answer(204, "")]))


async def attempts_until_end(world: World, courier: Courier, notification: str) -> tuple[int, float]:
    """How many attempts there were until nothing was left to do, and how long that took."""
    passed_s = 0.0
    while (wait_s := await courier.deliver(notification)) is not None:
        world.clock.advance(wait_s + 0.001)
        passed_s += wait_s
    return len(world.sender.sent), passed_s


async def test_a_delivered_notification_is_not_sent_again(world: World) -> None:
    notification = await world.ended()
    assert await world.courier().deliver(notification) is None
    assert await world.courier().deliver(notification) is None
    assert len(world.sender.sent) == 1


async def test_a_delivery_continues_the_trace_of_the_order_and_tells_the_receiver_nothing_of_it(world: World) -> None:
    trace, ordered_by = "ab" * 16, "cd" * 8
    notification = await world.ended(traceparent=f"00-{trace}-{ordered_by}-01")
    with collected() as keeper:
        with recorded("worker", keeper.endpoint, 0.0):
            await world.courier().deliver(notification)
        assert [(span.name, span.trace_id, span.parent_id) for span in keeper.spans()] == [
            ("deliver notification", trace, ordered_by)
        ]
    [(headers, body)] = world.sender.sent
    assert trace not in f"{headers} {body!r}"


async def test_the_body_tells_names_state_and_times_and_nothing_of_the_file(world: World) -> None:
    await world.courier().deliver(await world.ended())
    [(_, body)] = world.sender.sent
    told = json.loads(body)
    assert told["data"] == {
        "analysis": ANALYSIS,
        "completeTime": "2026-01-01T00:00:00Z",
        "createTime": "2026-01-01T00:00:00Z",
        "operation": ANALYSIS.replace("analyses", "operations"),
        "state": "ANALYSIS_STATE_SUCCEEDED",
    }
    assert (told["type"], told["timestamp"]) == ("analysis.ended", "2026-01-01T00:00:00Z")
    assert b"5555" not in body
    assert b"face" not in body


async def test_nobody_is_told_who_did_not_ask(world: World) -> None:
    assert await world.ended(url="") == ""
    assert await world.rows.overdue(world.clock.now() + PATIENCE, 10) == []


async def test_a_failure_is_tried_again_for_a_day_with_the_same_body_and_id(world: World) -> None:
    world.sender.replies = [Answer(500, ""), Undelivered("no answer"), WebhookRefused("inside"), Answer(302, "")]
    attempts, passed_s = await attempts_until_end(world, world.courier(), await world.ended())
    assert DAY_S - 2 * 3600 < passed_s <= DAY_S
    assert 30 < attempts < 70
    assert len({(headers["webhook-id"], body) for headers, body in world.sender.sent}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in world.sender.sent}) == attempts


async def test_who_is_gone_is_not_tried_again(world: World) -> None:
    world.sender.replies = [Answer(410, "")]
    assert await attempts_until_end(world, world.courier(), await world.ended()) == (1, 0.0)


async def test_a_receiver_says_how_long_to_wait(world: World) -> None:
    world.sender.replies = [Answer(503, "7200"), Answer(429, "1"), Answer(204, "")]
    notification = await world.ended()
    assert await world.courier().deliver(notification) == 7200
    world.clock.advance(7200.001)
    second_s = await world.courier().deliver(notification)
    assert second_s is not None
    assert second_s >= 5
    world.clock.advance(second_s + 0.001)
    assert await world.courier().deliver(notification) is None


async def test_a_receiver_that_wants_it_after_the_day_gets_it_never(world: World) -> None:
    world.sender.replies = [Answer(503, "999999999")]
    assert await world.courier().deliver(await world.ended()) is None


async def test_an_engine_that_comes_too_early_is_sent_away(world: World) -> None:
    world.sender.replies = [Answer(500, "")]
    notification = await world.ended()
    wait_s = await world.courier().deliver(notification)
    assert wait_s is not None
    world.clock.advance(1)
    assert await world.courier().deliver(notification) == pytest.approx(wait_s - 1, abs=0.01)
    assert len(world.sender.sent) == 1


async def test_a_host_that_is_not_allowed_any_more_is_not_told(world: World) -> None:
    assert await world.courier(hosts=()).deliver(await world.ended()) is None
    assert world.sender.sent == []


async def test_a_notification_goes_with_its_media_and_the_receipt_says_so(world: World) -> None:
    notification = await world.ended()
    gone = await world.store.media.delete("alice", "m" * 26)
    assert "notifications" in gone.artefacts
    assert await world.courier().deliver(notification) is None
    assert world.sender.sent == []


async def test_a_notification_that_nobody_handed_over_is_found(world: World) -> None:
    engine = Submissions()
    reminder = Reminder(world.rows, engine, world.clock)  # type: ignore[arg-type]  # it only submits
    notification = await world.ended()
    assert await reminder.sweep() == 0
    assert engine.jobs == []
    world.clock.advance(PATIENCE.total_seconds() + 1)
    assert await reminder.sweep() == 1
    assert [(job.kind, job.subject, job.turn) for job in engine.jobs] == [("notification", notification, "token")]
