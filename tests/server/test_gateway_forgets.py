"""After DeleteMedia nobody finds anything of the media in any store: nothing but the receipt, and names in the audit log.

The audit log keeps that a resource of this name was made and deleted; it never holds content, digests or names for files.
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.jobs.build import open_engine
from gateway.jobs.engine import Engine
from gateway.keeping.receipts import ARTEFACTS
from gateway.settings import GatewaySettings
from kit.clock import SystemClock
from telltale.gateway.v1 import (
    analysis_service_pb2,
    feedback_service_pb2,
    media_service_pb2,
    resources_pb2,
    share_service_pb2,
)
from tests.support.buckets import MISSING, WEED, ObjectStore, running_moto, running_seaweed
from tests.support.gateway import World, running_gateway
from tests.support.postgres import Postgres
from tests.support.traces import Needles, digests, found_in, in_dump, in_folder, in_objects, in_tables

AUDIT = ("audit",)
NOTIFYING: dict[str, Any] = {"webhook_hosts": ("hooks.example.org",)}


@dataclass(frozen=True)
class Stores:
    """Where to look. `settings` is how a gateway is told of them."""

    folder: Path
    settings: dict[str, Any]
    content: Callable[[Needles], list[str]]
    names: Callable[[Needles], list[str]]


@pytest.fixture
def embedded(tmp_path: Path) -> Stores:
    """SQLite and a folder, as on a laptop."""
    databases = [f"sqlite+aiosqlite:///{tmp_path}/{name}.db" for name in ("telltale", "jobs")]

    def names(needles: Needles) -> list[str]:
        rows = [found for url in databases for found in in_tables(url, needles, AUDIT)]
        return rows + in_folder(tmp_path, needles, but=("telltale.db",))

    settings: dict[str, Any] = {"contributions_url": f"file://{tmp_path}/contributions"}
    return Stores(tmp_path, settings, lambda needles: in_folder(tmp_path, needles), names)


@pytest.fixture(params=["moto", "seaweed"])
def cluster(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    postgres: Postgres,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stores]:
    """PostgreSQL and S3, as in a cluster."""
    if request.param == "seaweed" and not WEED.exists():
        pytest.skip(MISSING)
    with running_moto() if request.param == "moto" else running_seaweed() as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        yield _on(store, tmp_path, postgres, postgres_url)


def _on(store: ObjectStore, folder: Path, postgres: Postgres, url: str) -> Stores:
    media, copies = store.new_bucket(), store.new_bucket()
    settings = {"database_url": url, "media_url": f"s3://{media}/m", "contributions_url": f"s3://{copies}/c"}

    def names(needles: Needles, but: tuple[str, ...] = AUDIT) -> list[str]:
        objects = store.everything(media) | store.everything(copies)
        rows = in_tables(url, needles, but) + in_dump(postgres.cluster, url, needles, but)
        return rows + in_objects(objects, needles) + in_folder(folder, needles)

    return Stores(folder, settings, lambda needles: names(needles, ()), names)


async def test_on_a_laptop_nothing_is_left(embedded: Stores, capfd: pytest.CaptureFixture[str]) -> None:
    await _nothing_is_left(embedded, capfd)


async def test_in_a_cluster_nothing_is_left(cluster: Stores, capfd: pytest.CaptureFixture[str]) -> None:
    await _nothing_is_left(cluster, capfd)


async def _nothing_is_left(stores: Stores, capfd: pytest.CaptureFixture[str]) -> None:
    async with running_gateway(stores.folder, new_engine=durable, **NOTIFYING, **stores.settings) as world:
        kept, photo = Marked(b"PHOTO"), Marked(b"PHOTO")
        names = {**await _use(world, photo), **await _at_work(world, video := Marked(b"VIDEO"))}
        names_kept = await _use(world, kept, reports=())
        content = {**photo.needles(), **{f"video's {name}": needle for name, needle in video.needles().items()}}
        assert _kinds(stores.content(content)) >= {"bytes", "hex", "name", "comment", "key", "video's hex"}
        assert _kinds(stores.names(names)) == set(names)
        artefacts = {*await _delete(world, names["photo"]), *await _delete(world, names["video"])}
        assert artefacts == set(ARTEFACTS)
        assert stores.content(content) == stores.names(names) == []
        assert _kinds(stores.names(names_kept)) == set(names_kept)
    assert list(found_in("the log", "".join(capfd.readouterr()).encode(), content)) == []


async def test_a_deleted_analysis_leaves_only_its_media(embedded: Stores) -> None:
    async with running_gateway(embedded.folder, new_engine=durable, **NOTIFYING, **embedded.settings) as world:
        names = await _use(world, Marked(b"PHOTO"))
        request = analysis_service_pb2.DeleteAnalysisRequest(name=f"analyses/{names['analysis'].decode()}")
        answer = await world.analysis.DeleteAnalysis(request, metadata=world.headers)
        gone = {name: names[name] for name in ("analysis", "share")}
        assert embedded.names(gone) == []
        assert {"analysis", "evidence", "maps", "shares", "feedback", "jobs"} <= set(answer.receipt.artefacts)
        assert len(list(embedded.folder.rglob("*.evidence"))) == 1  # that of the media's other analysis


async def test_what_must_not_be_kept_is_nowhere_while_it_is_judged_and_afterwards(
    embedded: Stores, capfd: pytest.CaptureFixture[str]
) -> None:
    video, none = Marked(b"VIDEO"), resources_pb2.RETENTION_NONE
    async with running_gateway(embedded.folder, new_engine=durable, **embedded.settings) as world:
        world.backends.temporal.go_on.clear()
        answers = world.analyze(video.data, retention=none, display_name=video.name, request_id=video.key)
        call = asyncio.ensure_future(answers)
        await world.backends.temporal.started.wait()
        assert embedded.content(video.needles()) == []
        world.backends.temporal.go_on.set()
        assert (await call)[-1].verdict.risk_score > 0
        assert embedded.content(video.needles()) == []
    assert list(found_in("the log", "".join(capfd.readouterr()).encode(), video.needles())) == []


class Marked:
    """Media that no other is like."""

    def __init__(self, kind: bytes) -> None:
        self.mark = secrets.token_bytes(24)
        self.data = kind + b" " + self.mark
        self.name = f"holiday {secrets.token_hex(8)}.jpg"
        self.comment = f"said by {secrets.token_hex(8)}"
        self.key = str(uuid.uuid4())

    def needles(self) -> Needles:
        """Everything that only a stored copy of it, or of what was said of it, can hold."""
        texts = {"name": self.name, "comment": self.comment, "key": self.key}
        return {"bytes": self.mark, **digests(self.data), **{name: text.encode() for name, text in texts.items()}}


def durable(settings: GatewaySettings) -> Engine:
    return open_engine(settings, "gateway", SystemClock())


async def _use(world: World, media: Marked, reports: Sequence[int] = (1, 2, 3)) -> dict[str, bytes]:
    """Does with a picture what can be done with one; the ids of all that there is of it then."""
    [judged] = await world.analyze(media.data, display_name=media.name, request_id=media.key)
    operation = await world.create(judged.media, notify_url="https://hooks.example.org/x")
    await world.wait(operation.name.replace("operations", "analyses"))
    for form in reports:
        report = analysis_service_pb2.GetReportRequest(name=judged.name, format=form)  # type: ignore[arg-type]  # JSON, HTML, PDF
        await world.analysis.GetReport(report, metadata=world.headers)
    parent = share_service_pb2.CreateShareRequest(parent=judged.name)
    share = await world.shares.CreateShare(parent, metadata=world.headers)
    await world.shares.GetSharedAnalysis(share_service_pb2.GetSharedAnalysisRequest(secret=share.secret))
    said = resources_pb2.Feedback(
        name=f"{judged.name}/feedback", truth=resources_pb2.TRUTH_AUTHENTIC, comment=media.comment
    )
    await world.feedback.SetFeedback(feedback_service_pb2.SetFeedbackRequest(feedback=said), metadata=world.headers)
    consent = media_service_pb2.ContributeMediaRequest(name=judged.media, truth=resources_pb2.TRUTH_MANIPULATED)
    given = await world.media.ContributeMedia(consent, metadata=world.headers)
    ids = {"photo": judged.media, "analysis": judged.name, "operation": operation.name, "contribution": given.name}
    return {**{kind: _id(name) for kind, name in ids.items()}, "share": share.name.split("/")[3].encode()}


async def _at_work(world: World, media: Marked) -> dict[str, bytes]:
    """A video in the middle of its analysis."""
    world.backends.temporal.go_on.clear()
    stored = await world.upload(media.data, display_name=media.name, request_id=media.key)
    operation = await world.create(stored.name, request_id=media.key)
    rows = world.gateway.workbench._tools.rows
    async with asyncio.timeout(30):
        while not {"image", "metadata"} <= set(await rows.parts(_id(operation.name).decode())):
            await asyncio.sleep(0.02)
    return {"video": _id(stored.name), "analysis at work": _id(operation.name)}


async def _delete(world: World, media_id: bytes) -> Sequence[str]:
    request = media_service_pb2.DeleteMediaRequest(name=f"media/{media_id.decode()}")
    receipt = (await world.media.DeleteMedia(request, metadata=world.headers)).receipt
    return list(receipt.artefacts)


def _id(name: str) -> bytes:
    return name.split("/")[1].encode()


def _kinds(found: Iterable[str]) -> set[str]:
    return {each.split(" in ")[0].removesuffix(" as hex") for each in found}
