"""The gateway and the edge together: what neither of them can promise alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import grpc
from structlog.testing import capture_logs

from gateway.door.visitors import CLIENT_ADDRESS
from kit.rpc.channel import open_aio_channel
from tests.support.edge import Reply, call, envoy
from tests.support.gateway import PHOTO, World, running_gateway

JSON = {"content-type": "application/json"}
INTERNAL = (
    "/telltale.model.v1.ModelService/GetModel",
    "/telltale.model.v1.ModelService/ListModels",
    "/telltale.image.v1.ImageService/AnalyzeImage",
    "/telltale.temporal.v1.TemporalService/AnalyzeVideo",
    "/telltale.av_sync.v1.AvSyncService/AnalyzeSound",
    "/telltale.metadata.v1.MetadataService/AnalyzeMetadata",
    "/telltale.fusion.v1.FusionService/Fuse",
)


class Browser:
    """Speaks HTTP to the edge, as the owner or as a visitor."""

    def __init__(self, world: World, port: int) -> None:
        self._token = dict(world.headers)
        self._port = port

    async def owner(self, method: str, path: str, document: Any = None) -> Reply:
        body = None if document is None else json.dumps(document).encode()
        return await asyncio.to_thread(call, self._port, method, path, body, self._token | JSON)

    async def visitor(self, path: str, **headers: str) -> Reply:
        return await asyncio.to_thread(call, self._port, "GET", path, None, headers)


async def test_a_link_shows_everything_but_what_is_the_owners_alone(tmp_path: Path) -> None:
    async with running_gateway(tmp_path / "gateway") as world:
        [analysis] = await world.analyze(display_name="me.jpg")
        with envoy(tmp_path, world.port) as port, capture_logs() as lines:
            browser = Browser(world, port)
            share = (await browser.owner("POST", f"/v1/{analysis.name}/shares", {"withMedia": True})).json()
            shown = (await browser.visitor(f"/v1/shared/{share['secret']}")).json()
            shared_map = await browser.visitor(f"/v1/{shown['maps'][0]['name']}")
            report = await browser.visitor(f"/v1/shared/{share['secret']}/report?format=REPORT_FORMAT_HTML")
            media = await browser.visitor(f"/v1/shared/{share['secret']}/media")
        assert (shown["media"], shown["displayName"]) == ("", "me.jpg")
        assert shared_map.headers["content-type"] == "image/png"
        assert report.headers["content-disposition"].startswith('attachment; filename="telltale-report-')
        assert (media.body, media.headers["content-disposition"]) == (PHOTO, "attachment")
        assert share["secret"] not in str(lines) + (tmp_path / "access.log").read_text()


async def test_visitors_are_counted_by_the_address_that_the_edge_sees(tmp_path: Path) -> None:
    async with running_gateway(tmp_path / "gateway", visitor_rate="1/minute") as world:
        with envoy(tmp_path, world.port) as port:
            browser, path = Browser(world, port), f"/v1/shared/{'x' * 43}"
            first = await browser.visitor(path, **{CLIENT_ADDRESS: "192.0.2.1"})
            second = await browser.visitor(path, **{CLIENT_ADDRESS: "192.0.2.2", "x-forwarded-for": "192.0.2.2"})
        assert (first.status, first.reason) == (404, "NOT_FOUND")
        assert (second.status, second.reason) == (429, "RATE_LIMITED")
        assert b"retryDelay" in second.body


async def test_feedback_search_and_receipt_over_rest(tmp_path: Path) -> None:
    async with running_gateway(tmp_path / "gateway") as world:
        [analysis] = await world.analyze(display_name="Müller 100%.jpg")
        with envoy(tmp_path, world.port) as port:
            browser = Browser(world, port)
            said = await browser.owner("PUT", f"/v1/{analysis.name}/feedback", {"truth": "TRUTH_AUTHENTIC"})
            listed = await browser.owner("GET", "/v1/feedback?page_size=5")
            asked = "query=M%C3%9CLLER%20100%25&labels=LABEL_SUSPICIOUS&labels=LABEL_MANIPULATED&kinds=MEDIA_KIND_IMAGE"
            found = await browser.owner("GET", f"/v1/analyses?{asked}")
            gone = await browser.owner("DELETE", f"/v1/{analysis.media}")
        assert (said.json()["label"], said.json()["truth"]) == ("LABEL_SUSPICIOUS", "TRUTH_AUTHENTIC")
        assert listed.json()["feedback"] == [said.json()]
        assert [each["name"] for each in found.json()["analyses"]] == [analysis.name]
        assert gone.json()["receipt"]["artefacts"] == ["file", "analysis", "evidence", "maps", "feedback", "jobs"]


async def test_services_behind_the_gateway_cannot_be_called_through_the_edge(tmp_path: Path) -> None:
    async with running_gateway(tmp_path / "gateway") as world:
        with envoy(tmp_path, world.port) as port:
            async with open_aio_channel(f"127.0.0.1:{port}") as channel:
                assert {await _status(channel, method) for method in INTERNAL} == {grpc.StatusCode.UNIMPLEMENTED}


async def _status(channel: grpc.aio.Channel, method: str) -> grpc.StatusCode:
    try:
        await channel.unary_unary(method)(b"", timeout=10)
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK
