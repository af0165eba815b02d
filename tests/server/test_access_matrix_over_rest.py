"""The table of docs/security.md through a real Envoy: a few doors, every caller."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from kit.rpc.channel import open_aio_channel
from tests.support.access_matrix import LINK, NOBODYS, Belongings, belongings, callers, promised
from tests.support.edge import Reply, call, envoy
from tests.support.gateway import running_gateway

STATUS = {
    "OK": 200,
    "EMPTY": 200,
    "MISSING_TOKEN": 401,
    "INVALID_TOKEN": 401,
    "EXPIRED_TOKEN": 401,
    "INSUFFICIENT_SCOPE": 403,
    "NOT_FOUND": 404,
}


def doors(its: Belongings) -> dict[str, tuple[str, str, Any]]:
    """Method, path and body of a call of every kind."""
    return {
        "MediaService.GetMedia": ("GET", f"/v1/{its.media}", None),
        "MediaService.DownloadMedia": ("GET", f"/v1/{its.media}:download", None),
        "MediaService.ListMedia": ("GET", "/v1/media", None),
        "AnalysisService.CreateAnalysis": ("POST", "/v1/analyses", {"media": its.media}),
        "AnalysisService.GetReport": ("GET", f"/v1/{its.analysis}/report", None),
        "AnalysisService.GetMap": ("GET", f"/v1/{its.map}", None),
        "Operations.GetOperation": ("GET", f"/v1/{its.operation}", None),
        "ShareService.ListShares": ("GET", f"/v1/{its.analysis}/shares", None),
        "ShareService.GetSharedAnalysis": ("GET", f"/v1/shared/{its.secret}", None),
        "FeedbackService.GetFeedback": ("GET", f"/v1/{its.feedback}", None),
        "KeyService.ListSigningKeys": ("GET", "/v1/signingKeys", None),
    }


async def knock(port: int, door: tuple[str, str, Any], headers: dict[str, str]) -> Reply:
    method, path, document = door
    body = None if document is None else json.dumps(document).encode()
    return await asyncio.to_thread(call, port, method, path, body, headers)


async def test_rest_opens_no_door_that_is_closed_and_lets_nobody_keep_what_is_behind_it(tmp_path: Path) -> None:
    wrong, kept = {}, []
    async with running_gateway(tmp_path / "gateway", contributions_url=f"file://{tmp_path}/contributions") as world:
        its = await belongings(world)
        headers = await callers(world, its)
        with envoy(tmp_path, world.port) as port:
            for name in doors(its):
                by_link = "Shared" in name
                for caller, promise in promised()[name].items():
                    door = doors(NOBODYS if by_link and caller != LINK else its)[name]
                    token = {} if by_link and caller == LINK else dict(headers[caller])
                    reply = await knock(port, door, token | {"content-type": "application/json"})
                    if reply.status != STATUS[promise] or (reply.status != 200 and reply.reason != promise):
                        wrong[f"{name} by {caller}"] = f"{reply.status}, not {promise}"
                    if "no-store" not in reply.headers.get("cache-control", "") or "etag" in reply.headers:
                        kept.append(name)
    assert wrong == {}
    assert kept == []
    assert its.secret not in (tmp_path / "access.log").read_text()


async def test_nobody_may_watch_health_through_the_edge_and_so_take_its_places(tmp_path: Path) -> None:
    async with running_gateway(tmp_path / "gateway") as world:
        with envoy(tmp_path, world.port) as port:
            async with open_aio_channel(f"127.0.0.1:{port}") as channel:
                health = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]  # generated
                asked = health_pb2.HealthCheckRequest()
                assert (await health.Check(asked)).status == health_pb2.HealthCheckResponse.SERVING
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await health.Watch(asked).read()
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
