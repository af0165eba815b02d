"""Bad input gets a clear error through REST and gRPC, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import grpc
import pytest
from google.api import httpbody_pb2

from kit.errors import TelltaleError
from kit.rpc.channel import open_channel
from kit.rpc.status import from_rpc_error
from telltale.gateway.v1 import analysis_service_pb2, analysis_service_pb2_grpc
from tests.support import media_factory
from tests.support.edge import call
from tests.support.stack import Stack, run_cli

GET_ANALYSIS = "/telltale.gateway.v1.AnalysisService/GetAnalysis"


@dataclass(frozen=True)
class Bad:
    name: str
    make: Callable[[], bytes]
    reason: str
    says: str
    content_type: str = ""

    def data(self) -> bytes:
        return _made(self.make)


@cache
def _made(make: Callable[[], bytes]) -> bytes:
    return make()


def zeros() -> bytes:
    return media_factory.zeros(200_000_000)


BAD = [
    Bad("empty", bytes, "EMPTY_MEDIA", "no bytes"),
    Bad("truncated", media_factory.truncated_jpeg, "UNDECODABLE_MEDIA", ""),
    Bad("text", lambda: b"Dear Sir or Madam, " * 50, "UNSUPPORTED_MEDIA_TYPE", ""),
    Bad("wrong type", media_factory.jpeg, "MEDIA_TYPE_MISMATCH", "image/png", content_type="image/png"),
    Bad("jpeg and zip", media_factory.jpeg_and_zip, "POLYGLOT_MEDIA", ""),
    Bad("jpeg and pdf", media_factory.jpeg_and_pdf, "POLYGLOT_MEDIA", ""),
    Bad("jpeg and html", media_factory.jpeg_and_html, "POLYGLOT_MEDIA", ""),
    Bad("gif and javascript", media_factory.gif_and_javascript, "POLYGLOT_MEDIA", ""),
    Bad("bomb", media_factory.png_bomb, "TOO_MANY_PIXELS", "30000"),
    Bad("zeros", zeros, "UNSUPPORTED_MEDIA_TYPE", ""),
]
GOOD = [
    ("animated gif", lambda: media_factory.animated("GIF")),
    ("animated webp", lambda: media_factory.animated("WEBP")),
    ("cmyk", media_factory.cmyk_jpeg),
    ("16 bit", media_factory.png_16_bit),
    ("motion photo", media_factory.motion_photo),
]
bad = pytest.mark.parametrize("case", BAD, ids=[case.name for case in BAD])


@bad
def test_rest_answers_bad_media_with_status_reason_and_sentence(stack: Stack, case: Bad) -> None:
    reply = stack.analyze(case.data(), **({"content_type": case.content_type} if case.content_type else {}))
    assert (reply.status, reply.json()["code"], reply.reason) == (400, 3, case.reason)
    assert_tells_what_to_do(reply.json()["message"], case)


@bad
def test_grpc_answers_bad_media_with_code_reason_and_sentence(stack: Stack, case: Bad) -> None:
    error = rpc_error(stack, case)
    assert (error.status, error.reason_name()) == (grpc.StatusCode.INVALID_ARGUMENT, case.reason)
    assert_tells_what_to_do(error.message, case)


@pytest.mark.parametrize("make", [make for _, make in GOOD], ids=[name for name, _ in GOOD])
def test_unusual_but_honest_media_get_a_verdict(stack: Stack, make: Callable[[], bytes]) -> None:
    reply = stack.analyze(make())
    assert (reply.status, reply.json()["state"]) == (200, "ANALYSIS_STATE_SUCCEEDED")


def test_a_body_above_the_limit_of_the_edge_is_413(stack: Stack) -> None:
    # Like curl and unlike Python's client, a careful client asks before it sends so much.
    reply = stack.rest("POST", "/v1/media:analyze", None, content_length=str(202 * 2**20), expect="100-continue")
    assert (reply.status, reply.reason) == (413, "MEDIA_TOO_LARGE")


def test_a_body_between_the_limits_gets_the_error_of_the_gateway(stack: Stack) -> None:
    reply = stack.analyze(media_factory.jpeg() + bytes(200 * 2**20))
    assert (reply.status, reply.reason) == (400, "MEDIA_TOO_LARGE")


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [("", "MISSING_TOKEN"), ("Basic abc", "MISSING_TOKEN"), ("Bearer tt_no", "INVALID_TOKEN")],
)
def test_without_a_good_token_nothing_is_answered(stack: Stack, authorization: str, reason: str) -> None:
    headers = {"authorization": authorization} if authorization else {}
    reply = call(stack.port, "POST", "/v1/media:analyze", media_factory.jpeg(), headers)
    assert (reply.status, reply.json()["code"], reply.reason) == (401, 16, reason)
    assert "token" in reply.json()["message"]


def test_a_revoked_token_is_refused(stack: Stack) -> None:
    made = run_cli("tokens", "create", "--state", stack.state)
    secret, token_id = made.stdout.strip(), made.stderr.split()[1]
    assert stack.rest("GET", "/v1/media", authorization=f"Bearer {secret}").status == 200
    run_cli("tokens", "revoke", "--state", stack.state, token_id)
    assert stack.rest("GET", "/v1/media", authorization=f"Bearer {secret}").reason == "INVALID_TOKEN"


def test_a_token_without_the_scope_is_refused(stack: Stack) -> None:
    secret = run_cli("tokens", "create", "--state", stack.state, "--scope", "read").stdout.strip()
    reply = stack.rest("POST", "/v1/media:analyze", b"x", authorization=f"Bearer {secret}")
    assert (reply.status, reply.reason) == (403, "INSUFFICIENT_SCOPE")


def test_unknown_fields_of_a_request_are_refused(stack: Stack) -> None:
    with open_channel(stack.grpc) as channel:
        unknown = (
            analysis_service_pb2.GetAnalysisRequest(name="analyses/" + "a" * 26).SerializeToString() + b"\xb8\x3e\x01"
        )
        with pytest.raises(grpc.RpcError) as failed:
            channel.unary_unary(GET_ANALYSIS)(unknown, metadata=metadata(stack))
    assert from_rpc_error(failed.value).reason_name() == "UNKNOWN_FIELD"


def test_unknown_parameters_and_wrong_values_are_refused(stack: Stack) -> None:
    assert stack.rest("GET", "/v1/analyses?pagesize=1").reason == "INVALID_REQUEST"
    reply = stack.rest("GET", "/v1/analyses?page_size=-1")
    assert (reply.status, reply.reason) == (400, "INVALID_REQUEST")
    assert "page_size" in reply.body.decode()


def test_too_many_requests_are_told_when_to_come_again(small_stack: Stack) -> None:
    secret = run_cli("tokens", "create", "--state", small_stack.state).stdout.strip()
    replies = [small_stack.rest("POST", "/v1/media", b"", authorization=f"Bearer {secret}") for _ in range(5)]
    assert [reply.status for reply in replies] == [400, 400, 400, 429, 429]
    assert (replies[-1].json()["code"], replies[-1].reason) == (8, "RATE_LIMITED")
    retry = replies[-1].json()["details"][1]
    assert (retry["@type"], retry["retryDelay"][-1]) == ("type.googleapis.com/google.rpc.RetryInfo", "s")


def test_a_full_disk_is_told_and_what_is_stored_stays(small_stack: Stack) -> None:
    first = small_stack.rest("POST", "/v1/media", media_factory.jpeg())
    assert first.status == 200
    full = small_stack.rest("POST", "/v1/media", media_factory.motion_photo() + bytes(20_000))
    assert (full.status, full.json()["code"], full.reason) == (429, 8, "STORAGE_FULL")
    assert small_stack.rest("GET", f"/v1/{first.json()['name']}").status == 200


def metadata(stack: Stack) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {stack.token}"),)


def rpc_error(stack: Stack, case: Bad) -> TelltaleError:
    with open_channel(stack.grpc) as channel:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        with pytest.raises(grpc.RpcError) as failed:
            list(stub.AnalyzeMedia(pieces(case), metadata=metadata(stack)))
    return from_rpc_error(failed.value)


def pieces(case: Bad) -> Iterator[analysis_service_pb2.AnalyzeMediaRequest]:
    data = case.data()
    for start in range(0, max(1, len(data)), 2**20):
        file = httpbody_pb2.HttpBody(data=data[start : start + 2**20], content_type=case.content_type)
        yield analysis_service_pb2.AnalyzeMediaRequest(file=file)


def assert_tells_what_to_do(message: str, case: Bad) -> None:
    assert case.says in message
    assert len(message.split()) >= 6
    assert "Traceback" not in message
