"""Links, feedback and keys over REST, and what the edge writes down of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.door.visitors import CLIENT_ADDRESS
from tests.support.edge import DOWNLOAD, FakeShares, call, envoy, fake_gateway

SECRET, WRONG = "s" * 43, "wrong" + "s" * 38
ANALYSIS = f"/v1/analyses/{'a' * 26}"
JSON = {"content-type": "application/json"}


class Edge:
    def __init__(self, port: int, shares: FakeShares) -> None:
        self.port = port
        self.shares = shares


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    folder = tmp_path_factory.mktemp("envoy")
    with fake_gateway() as (gateway_port, analyses), envoy(folder, gateway_port) as port:
        yield Edge(port, analyses.shares)


def test_a_link_is_made_by_a_json_body(edge: Edge) -> None:
    reply = call(edge.port, "POST", f"{ANALYSIS}/shares", b'{"timeToLive": "3600s", "withMedia": true}', JSON)
    assert (reply.status, reply.json()["withMedia"]) == (200, True)
    assert reply.json()["name"].endswith("/shares/3600")


def test_what_is_shared_needs_no_token(edge: Edge) -> None:
    assert call(edge.port, "GET", f"/v1/shared/{SECRET}").json()["name"] == "analyses/a"
    assert call(edge.port, "GET", f"/v1/shared/{SECRET}/maps/frequency").body == b"frequency"
    report = call(edge.port, "GET", f"/v1/shared/{SECRET}/report?format=REPORT_FORMAT_HTML")
    assert (report.body, report.headers["content-disposition"].partition(";")[0]) == (b"2", "attachment")
    media = call(edge.port, "GET", f"/v1/shared/{SECRET}/media")
    assert (media.body, media.headers["content-disposition"]) == (b"".join(DOWNLOAD), "attachment")


@pytest.mark.parametrize("secret", [SECRET, WRONG])
@pytest.mark.parametrize("rest", ["", "/maps/frequency", "/report", "/media"])
def test_what_is_shared_is_neither_kept_nor_indexed(edge: Edge, secret: str, rest: str) -> None:
    headers = call(edge.port, "GET", f"/v1/shared/{secret}{rest}").headers
    assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-store", "noindex")
    assert headers["referrer-policy"] == "no-referrer"


def test_a_wrong_link_is_not_found(edge: Edge) -> None:
    reply = call(edge.port, "GET", f"/v1/shared/{WRONG}/media")
    assert (reply.status, reply.reason) == (404, "NOT_FOUND")


def test_a_client_cannot_say_where_it_is(edge: Edge) -> None:
    claims = {CLIENT_ADDRESS: "192.0.2.1", "x-forwarded-for": "192.0.2.2", "x-envoy-external-address": "192.0.2.3"}
    call(edge.port, "GET", f"/v1/shared/{SECRET}", headers=claims)
    assert edge.shares.metadata[CLIENT_ADDRESS] == "127.0.0.1"


def test_feedback_is_put_by_a_json_body(edge: Edge) -> None:
    body = json.dumps({"truth": "TRUTH_MANIPULATED", "comment": "the author said so"}).encode()
    reply = call(edge.port, "PUT", f"{ANALYSIS}/feedback", body, JSON)
    assert reply.status == 200
    assert reply.json()["name"] == f"analyses/{'a' * 26}/feedback"
    assert (reply.json()["truth"], reply.json()["comment"]) == ("TRUTH_MANIPULATED", "the author said so")


def test_the_keys_are_public(edge: Edge) -> None:
    [key] = call(edge.port, "GET", "/v1/signingKeys").json()["keys"]
    assert (key["algorithm"], base64.b64decode(key["publicKey"])) == ("Ed25519", bytes(32))


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/shared/{WRONG}",
        f"/v1/shared/{WRONG}/media",
        f"/v1/shared/{WRONG}/",
        f"/v1/shared//{WRONG}",
        f"/v1/shared/{WRONG}%2fmedia",
        f"/v1/%73hared/{WRONG}",
        f"/shared/{WRONG}",
        f"/V1/Shared/{WRONG}",
        f"/?secret={WRONG}",
    ],
)
def test_the_secret_of_a_link_is_written_nowhere(tmp_path: Path, path: str) -> None:
    with fake_gateway() as (gateway_port, _), envoy(tmp_path, gateway_port) as port:
        call(port, "GET", path)
    [line] = (tmp_path / "access.log").read_text().splitlines()
    assert json.loads(line)["status"] in {200, 400, 404}
    assert all(WRONG not in file.read_text() for file in tmp_path.iterdir())


def test_a_call_with_a_link_leaves_one_line_like_every_other(tmp_path: Path) -> None:
    with fake_gateway() as (gateway_port, _), envoy(tmp_path, gateway_port) as port:
        call(port, "GET", f"/v1/shared/{SECRET}/media")
        call(port, "GET", "/v1/signingKeys")
    lines = [json.loads(line) for line in (tmp_path / "access.log").read_text().splitlines()]
    assert [(line["path"], line["status"]) for line in lines] == [("/v1/shared/*", 200), ("/v1/signingKeys", 200)]
