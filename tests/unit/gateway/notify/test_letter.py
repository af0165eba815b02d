"""The signature, checked by the receiver that docs/webhooks.md shows: what stands there is what runs here."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format

from gateway.notify.destinations import Destinations
from gateway.notify.letter import body, headers
from gateway.notify.postman import Postman, SystemResolver, tls_context
from kit.sealing.keys import SigningKey
from telltale.gateway.v1 import key_service_pb2, resources_pb2
from tests.support.imports import ROOT

NOW = datetime.now(UTC)
ANALYSIS = resources_pb2.Analysis(name="analyses/" + "a" * 26, state=resources_pb2.ANALYSIS_STATE_FAILED)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.create(tmp_path_factory.mktemp("key") / "key.pem")


@pytest.fixture
def shown() -> dict[str, Any]:
    """What the page's program defines, fresh for every test."""
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)
    return names


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def telling(*keys: SigningKey) -> type[BaseHTTPRequestHandler]:
    """A server that knows its keys, as Envoy writes them."""
    response = key_service_pb2.ListSigningKeysResponse(keys=[each.described() for each in keys])

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/v1/signingKeys" else 404)
            self.end_headers()
            self.wfile.write(json_format.MessageToJson(response).encode())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    return Keys


async def test_the_receiver_of_the_page_takes_what_we_send_and_nothing_else(
    key: SigningKey, shown: dict[str, Any], tmp_path: Path
) -> None:
    receiver = shown["Receiver"]
    receiver.log_message = lambda *_: None
    with serving(telling(SigningKey.create(tmp_path / "newer.pem"), key)) as told, serving(receiver) as port:
        receiver.keys = shown["public_keys"](f"http://127.0.0.1:{told}")
        allowed = Destinations(("127.0.0.1",), (port,), (), plain_loopback=True)
        postman = Postman(allowed, SystemResolver(), tls_context(None), 5.0)
        destination, content = allowed.check(f"http://127.0.0.1:{port}/"), body(ANALYSIS)
        for _ in range(2):
            assert (await postman.post(destination, headers(key, "id", NOW, content), content)).status == 204
        changed = content.replace(b"FAILED", b"SUCCEEDED")
        assert (await postman.post(destination, headers(key, "id", NOW, content), changed)).status == 401
    assert receiver.ended == ["operations/" + "a" * 26]


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "other"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1a,nonsense v1,abc"},
        {"webhook-signature": "v1a," + base64.b64encode(bytes(64)).decode()},
    ],
)
def test_a_notification_that_was_changed_is_not_genuine(
    key: SigningKey, shown: dict[str, Any], change: dict[str, str]
) -> None:
    content = body(ANALYSIS)
    sent = headers(key, "id", NOW, content)
    keys = [shown["Ed25519PublicKey"].from_public_bytes(key.public_key)]
    assert shown["is_genuine"](keys, sent, content, NOW.timestamp())
    assert not shown["is_genuine"](keys, sent | change, content, NOW.timestamp())


def test_an_old_notification_is_not_genuine(key: SigningKey, shown: dict[str, Any]) -> None:
    sent = headers(key, "id", NOW - timedelta(minutes=6), b"{}")
    keys = [shown["Ed25519PublicKey"].from_public_bytes(key.public_key)]
    assert not shown["is_genuine"](keys, sent, b"{}", NOW.timestamp())


def test_the_page_shows_the_body_as_it_is() -> None:
    shown = json.loads(
        "{" + (ROOT / "docs" / "webhooks.md").read_text("utf-8").partition("\n\n{")[2].partition("```")[0]
    )
    made = json.loads(body(ANALYSIS))
    assert (shown.keys(), shown["data"].keys(), shown["type"]) == (made.keys(), made["data"].keys(), made["type"])
