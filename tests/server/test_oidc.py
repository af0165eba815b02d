"""People with tokens of an identity provider: a real Envoy checks them, and the gateway believes it by its certificate."""

from __future__ import annotations

import asyncio
import http.server
import json
import ssl
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from gateway.door.headers import CLAIMS
from gateway.door.passports import owner_of
from gateway.door.tokens import Scope
from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from kit.errors import InvalidSettings, InvalidToken, MissingToken
from kit.rpc.channel import open_aio_channel
from kit.rpc.status import from_rpc_error
from telltale.gateway.v1 import media_service_pb2, media_service_pb2_grpc
from tests.support.certificates import Office
from tests.support.edge import Reply, call, envoy
from tests.support.gateway import PHOTO, World, running_gateway
from tests.support.oidc import AUDIENCE, ISSUER, Provider, payload

ALICE = owner_of(ISSUER, "alice")
HOUR_S = 3600


@dataclass
class House:
    """A gateway and its Envoy, a provider, and who signs certificates."""

    world: World
    port: int
    provider: Provider
    office: Office

    async def media(self, token: str, **headers: str) -> Reply:
        """Lists media with a token."""
        return await self.get({"authorization": f"Bearer {token}", **headers})

    async def get(self, headers: dict[str, str]) -> Reply:
        return await asyncio.to_thread(call, self.port, "GET", "/v1/media", None, headers)

    async def upload(self, token: str, body: bytes = PHOTO) -> Reply:
        headers = {"authorization": f"Bearer {token}"}
        return await asyncio.to_thread(call, self.port, "POST", "/v1/media", body, headers)

    async def directly(self, name: str, headers: dict[str, str]) -> Exception | None:
        """What comes of listing media at the gateway's own port with the certificate of `name`."""
        target = f"gateway@127.0.0.1:{self.world.port}"
        async with open_aio_channel(target, self.office.client(name)) as channel:
            return await _list(channel, headers)


@contextmanager
def serving_keys(office: Office, jwks: str) -> Iterator[str]:
    """The address of a provider's keys, by TLS."""

    class Keys(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(jwks.encode())

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Keys)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(office.certificate("localhost"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}/keys"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@asynccontextmanager
async def house(
    folder: Path, *, remote: bool = False, believed: Path | None = None, **settings: Any
) -> AsyncIterator[House]:
    office, provider = Office(folder / "certificates"), Provider()
    keys, client = folder / "jwks.json", office.certificate("envoy")
    keys.write_text(provider.jwks)
    edge = {
        "gateway_ca": office.ca,
        "gateway_certificate": client,
        "gateway_key": client,
        "gateway_name": "gateway",
        "oidc_issuer": ISSUER,
        "oidc_audiences": json.dumps([AUDIENCE]),
        "oidc_jwks_ca": believed or office.ca,
    }
    async with AsyncExitStack() as stack:
        place = stack.enter_context(serving_keys(office, provider.jwks)) if remote else keys
        tls = office.server("gateway") | {"oidc_issuer": ISSUER}
        world = await stack.enter_async_context(running_gateway(folder / "gateway", **tls, **settings))
        port = stack.enter_context(envoy(folder, world.port, oidc_jwks=place, **edge))
        yield House(world, port, provider, office)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as built:
        yield built


async def test_a_good_token_opens_what_is_its_subjects_and_nothing_else(here: House) -> None:
    uploaded = await here.upload(here.provider.token())
    name = uploaded.json()["name"]
    assert [each["name"] for each in (await here.media(here.provider.token(jti="another"))).json()["media"]] == [name]
    assert (await here.media(here.provider.token(sub="bob"))).json()["media"] == []
    made = await here.world.gateway.tokens.create(ALICE, [Scope.READ])
    assert [each["name"] for each in (await here.media(made.secret)).json()["media"]] == [name]


async def test_tokens_of_ours_pass_untouched(here: House) -> None:
    secret = dict(here.world.headers)["authorization"].removeprefix("Bearer ")
    assert (await here.media(secret)).status == 200
    unknown = await here.media("tt_unknown.with.dots")
    assert (unknown.status, unknown.reason) == (401, "INVALID_TOKEN")
    assert (await here.get({})).reason == "MISSING_TOKEN"
    assert (await here.get({"authorization": f"bearer {secret}"})).status == 200
    assert (await here.get({"authorization": f"bearer {here.provider.token()}"})).reason == "INVALID_TOKEN"


async def test_bad_tokens_are_refused_with_a_reason(here: House) -> None:
    provider, now = here.provider, int(time.time())
    bad = {
        "of another audience": provider.token(aud="payroll"),
        "of no audience": provider.token(aud=None),
        "of another issuer": provider.token(iss="https://evil.example/"),
        "without an end": provider.token(exp=None),
        "not valid yet": provider.token(nbf=now + HOUR_S),
        "of another key": Provider().token(),
        "unsigned": provider.unsigned(),
        "signed with the public key": provider.signed_with_the_public_key(),
        "changed": provider.changed(),
        "of no form": "abc",
        "of nobody": provider.token(sub=None),
    }
    outcomes = {what: await here.media(token) for what, token in bad.items()}
    assert {what: (reply.status, reply.reason) for what, reply in outcomes.items()} == dict.fromkeys(
        bad, (401, "INVALID_TOKEN")
    )
    assert {reply.json()["code"] for reply in outcomes.values()} == {grpc.StatusCode.UNAUTHENTICATED.value[0]}


async def test_an_expired_token_is_told_so(here: House) -> None:
    reply = await here.media(here.provider.token(exp=int(time.time()) - HOUR_S))
    assert (reply.status, reply.reason) == (401, "EXPIRED_TOKEN")
    assert "sign in again" in reply.json()["message"]


async def test_a_token_without_the_scope_is_refused(here: House) -> None:
    reply = await here.upload(here.provider.token(scope="openid read"))
    assert (reply.status, reply.reason) == (403, "INSUFFICIENT_SCOPE")


async def test_somebody_with_many_groups_comes_in(here: House) -> None:
    groups = [str(uuid.UUID(int=number)) for number in range(300)]
    assert (await here.media(here.provider.token(groups=groups))).status == 200


async def test_native_grpc_is_refused_likewise(here: House) -> None:
    async with open_aio_channel(f"127.0.0.1:{here.port}") as channel:
        assert await _list(channel, {"authorization": f"Bearer {here.provider.token()}"}) is None
        refused = await _list(channel, {"authorization": f"Bearer {here.provider.token(aud='payroll')}"})
    assert isinstance(refused, InvalidToken)


@pytest.mark.parametrize("header", [CLAIMS, CLAIMS.upper(), CLAIMS.title()])
async def test_a_forged_payload_does_not_pass_the_edge(here: House, header: str) -> None:
    forged = {header: payload(scope="admin")}
    assert (await here.get(forged)).reason == "MISSING_TOKEN"
    assert (await here.media("tt_unknown", **forged)).reason == "INVALID_TOKEN"
    good = await here.media(here.provider.token(sub="bob"), **forged)
    assert (good.status, good.json()["media"]) == (200, [])
    reads = await here.upload(here.provider.token(scope="read"))
    assert reads.reason == "INSUFFICIENT_SCOPE"


async def test_a_forged_payload_beside_the_edge_is_believed_of_an_envoy_alone(here: House) -> None:
    forged = {CLAIMS: payload()}
    assert isinstance(await here.directly("image-svc", forged), MissingToken)
    assert await here.directly("envoy", forged) is None


async def test_people_have_quotas_too_whatever_token_they_come_with(tmp_path: Path) -> None:
    async with house(tmp_path, byte_quota=f"{len(PHOTO)}/day") as here:
        assert (await here.upload(here.provider.token(jti="first"))).status == 200
        refused = await here.upload(here.provider.token(jti="second"))
        assert (refused.status, refused.reason) == (429, "QUOTA_EXCEEDED")
        assert (await here.upload(here.provider.token(sub="bob"))).status == 200


async def test_keys_are_fetched_where_the_provider_has_them(tmp_path: Path) -> None:
    async with house(tmp_path, remote=True) as here:
        assert (await here.media(here.provider.token())).status == 200
        assert (await here.media(Provider().token())).reason == "INVALID_TOKEN"


async def test_keys_are_not_taken_from_who_only_says_to_be_the_provider(tmp_path: Path) -> None:
    stranger = Office(tmp_path / "stranger")
    async with house(tmp_path, remote=True, believed=stranger.ca) as here:
        refused = await here.media(here.provider.token())
        assert (refused.status, refused.reason, refused.headers["retry-after"]) == (503, "OVERLOADED", "1")
        assert (await here.get(dict(here.world.headers))).status == 200


def test_settings_that_would_let_anybody_in_are_refused() -> None:
    certificates = {"gateway_ca": Path("ca"), "gateway_certificate": Path("c"), "gateway_key": Path("k")}
    good = {"oidc_issuer": ISSUER, "oidc_audiences": (AUDIENCE,), "oidc_jwks": "/jwks.json", **certificates}
    render(EnvoySettings.model_validate(good))
    for name, wrong in {
        "oidc_issuer": "",
        "oidc_audiences": (),
        "oidc_jwks": "http://login.example.org/keys",
        "gateway_ca": None,
    }.items():
        with pytest.raises(InvalidSettings):
            render(EnvoySettings.model_validate(good | {name: wrong}))


async def _list(channel: grpc.aio.Channel, headers: dict[str, str]) -> Exception | None:
    stub = media_service_pb2_grpc.MediaServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
    try:
        await stub.ListMedia(media_service_pb2.ListMediaRequest(), metadata=tuple(headers.items()), timeout=10)
    except grpc.aio.AioRpcError as error:
        return from_rpc_error(error)
    return None
