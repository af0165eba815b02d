"""Who asked for it is told when an analysis has ended, whatever the end."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from gateway.notify.reminder import PATIENCE
from kit.errors import DetectorUnavailable, InvalidRequest, WebhookRefused
from kit.sealing.keys import SigningKey
from kit.sealing.signatures import check
from telltale.gateway.v1 import media_service_pb2
from tests.support.gateway import World, refusal, running_gateway

URL, HOSTS = "https://hooks.example.org/in", ("hooks.example.org",)


async def told(world: World) -> dict[str, str]:
    """What the only notification says."""
    await asyncio.wait_for(world.sender.told.wait(), 5)
    [(url, _, body)] = world.sender.sent
    assert url == URL
    data: dict[str, str] = json.loads(body)["data"]
    return data


async def test_an_answer_is_told_and_signed_with_the_key_that_everybody_knows(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, webhook_hosts=HOSTS) as world:
        operation = await world.create((await world.upload()).name, notify_url=URL)
        assert (await told(world))["operation"] == operation.name
        [(_, headers, body)] = world.sender.sent
        key = SigningKey.load(tmp_path / "signing_key.pem")
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        check(key.sign(signed), signed)
        assert headers["webhook-signature"].startswith("v1a,")


@pytest.mark.parametrize("end", ["FAILED", "CANCELLED"])
async def test_other_ends_are_told_as_well(tmp_path: Path, end: str) -> None:
    async with running_gateway(tmp_path, webhook_hosts=HOSTS, fusion_budget_s=0.05) as world:
        world.backends.fusion.error = DetectorUnavailable("away")
        if end == "CANCELLED":
            world.backends.image.go_on.clear()
        await world.create((await world.upload()).name, notify_url=URL)
        if end == "CANCELLED":
            await world.backends.image.started.wait()
            await world.cancel_newest()
        assert (await told(world))["state"] == f"ANALYSIS_STATE_{end}"


async def test_nobody_is_told_who_did_not_ask(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, webhook_hosts=HOSTS) as world:
        [analysis] = await world.analyze()
        assert analysis.HasField("verdict")
        assert world.sender.sent == []


@pytest.mark.parametrize("url", ["https://evil.example.net/", "http://hooks.example.org/", "not a url"])
async def test_an_address_that_is_not_allowed_is_refused_and_nothing_is_begun(tmp_path: Path, url: str) -> None:
    async with running_gateway(tmp_path, webhook_hosts=HOSTS) as world:
        name = (await world.upload()).name
        assert isinstance(await refusal(world.create(name, notify_url=url)), WebhookRefused)
        assert world.engine.submitted == []


async def test_without_a_list_every_address_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        name = (await world.upload()).name
        assert isinstance(await refusal(world.create(name, notify_url=URL)), WebhookRefused)
        assert isinstance(await refusal(world.create(name, notify_url="x" * 2001)), InvalidRequest)


async def test_a_notification_that_a_crash_kept_from_the_engine_is_handed_over(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, webhook_hosts=HOSTS) as world:
        world.backends.image.go_on.clear()
        await world.create((await world.upload()).name, notify_url=URL)
        await world.backends.image.started.wait()
        world.engine.go_on.clear()
        world.backends.image.go_on.set()
        while len(world.engine.submitted) < 2:
            await asyncio.sleep(0.01)
        await world.engine.forget([world.engine.submitted[-1].job_id])
        world.engine.go_on.set()
        world.clock.advance(PATIENCE.total_seconds() + 1)
        for chore in world.gateway.chores:
            await chore()
        await told(world)


async def test_what_is_told_goes_with_the_media_and_the_receipt_says_so(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, webhook_hosts=HOSTS) as world:
        media = await world.upload()
        await world.create(media.name, notify_url=URL)
        await told(world)
        gone = await world.media.DeleteMedia(
            media_service_pb2.DeleteMediaRequest(name=media.name), metadata=world.headers
        )
        assert "notifications" in gone.receipt.artefacts
