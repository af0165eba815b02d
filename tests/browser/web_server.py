"""Serves the page's files under its content security policy, and answers of the test's choice under /v1/."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import cast
from urllib.parse import parse_qs, urlsplit

from gateway.envoy.render import SECURITY_HEADERS
from tests.browser.canned import error_json

ASSETS = Path(__file__).parents[2] / "gateway" / "web" / "assets"
POLICY = SECURITY_HEADERS["content-security-policy"]
GATE_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Answer:
    """A response; each piece but the first waits for its gate, when it has one. One that breaks ends without its end."""

    pieces: Sequence[bytes]
    status: int = 200
    content_type: str = "application/json"
    gates: Sequence[Event] = ()
    breaks: bool = False


@dataclass(frozen=True)
class Seen:
    """A request under /v1/ that arrived."""

    method: str
    path: str
    query: dict[str, str]
    authorization: str
    content_type: str
    body: bytes


@dataclass
class Web:
    """What the server answers and what it saw."""

    url: str = ""
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    turns: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    """What is answered first, one request after the other."""
    assets: dict[str, bytes | None] = field(default_factory=dict)
    """Files of the page that are not those of the folder; None is missing."""
    seen: list[Seen] = field(default_factory=list)
    token: str = ""

    def answer(self, seen: Seen) -> Answer:
        """The answer to a request: 401 without the token, else the one that was set, else 404."""
        if self.token and seen.authorization != f"Bearer {self.token}":
            return Answer([error_json("MISSING_TOKEN", "This server asks for an access token.", code=16)], 401)
        if self.turns.get((seen.method, seen.path)):
            return self.turns[seen.method, seen.path].pop(0)
        missing = Answer([error_json("NOT_FOUND", f"There is no {seen.path}.", code=5)], 404)
        return self.answers.get((seen.method, seen.path), missing)

    def calls(self, method: str, path: str) -> list[Seen]:
        """The requests of this kind that arrived."""
        return [each for each in self.seen if (each.method, each.path) == (method, path)]

    def uploads(self) -> list[Seen]:
        """The files that were handed in."""
        return [each for each in self.seen if each.path == "/v1/media:analyze"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web: Web


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            self._api()
        else:
            self._asset({"/": "index.html", "/docs": "docs.html"}.get(path) or path.removeprefix("/assets/"))

    def do_POST(self) -> None:
        self._api()

    def do_PUT(self) -> None:
        self._api()

    def do_DELETE(self) -> None:
        self._api()

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the test's output clean."""

    def _asset(self, name: str) -> None:
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        given = cast(_Server, self.server).web.assets
        data = given[name] if name in given else (ASSETS / name).read_bytes()
        self._send(Answer([b"missing"], 404) if data is None else Answer([data], content_type=content_type))

    def _api(self) -> None:
        web = cast(_Server, self.server).web
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: ",".join(values) for name, values in parse_qs(parts.query).items()}
        authorization = self.headers.get("Authorization") or ""
        seen = Seen(self.command, parts.path, query, authorization, self.headers.get("Content-Type") or "", body)
        web.seen.append(seen)
        self._send(web.answer(seen))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in self._headers(answer).items():
            self.send_header(name, value)
        try:
            self.end_headers()
            self._write(answer)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the page cancelled, which is what some tests are about

    def _write(self, answer: Answer) -> None:
        for number, piece in enumerate(answer.pieces):
            if 0 < number <= len(answer.gates):
                answer.gates[number - 1].wait(GATE_TIMEOUT_S)
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()
        if answer.breaks:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _headers(self, answer: Answer) -> dict[str, str]:
        return {
            "Content-Type": answer.content_type,
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Transfer-Encoding": "chunked",
        }


@contextmanager
def serving() -> Iterator[Web]:
    """A server on a free port of this machine, stopped at the end."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.web = Web(url=f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.web
    server.shutdown()
    server.server_close()
    thread.join()
