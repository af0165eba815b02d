from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from gateway.envoy.local_replies import MAX_MESSAGE_BYTES
from kit.errors import EmptyMedia, MediaTooLarge
from kit.rpc.channel import open_channel
from kit.rpc.status import from_rpc_error
from kit.settings import child_environment
from telltale.gateway.v1 import analysis_service_pb2, analysis_service_pb2_grpc
from tests.support.edge import DOWNLOAD, FakeAnalyses, call, envoy, fake_gateway

ANALYZE = "/v1/media:analyze"
LIMIT_BYTES = 2_500_000


class Edge:
    def __init__(self, port: int, analyses: FakeAnalyses, folder: Path) -> None:
        self.port = port
        self.analyses = analyses
        self.folder = folder


@contextmanager
def streaming(edge: Edge, query: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=10)
    try:
        connection.request("POST", f"{ANALYZE}?{query}", body=b"moving")
        with connection.getresponse() as answer:
            yield answer
    finally:
        connection.close()


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    folder = tmp_path_factory.mktemp("envoy")
    with fake_gateway() as (gateway_port, analyses), envoy(folder, gateway_port, max_body_bytes=LIMIT_BYTES) as port:
        yield Edge(port, analyses, folder)


@pytest.mark.parametrize("name", ["x~y", "!", "#fyi", "x`y^z|", "a+b", "$%&'*"])
def test_a_header_that_only_http_knows_does_not_fail_the_call(edge: Edge, name: str) -> None:
    reply = call(edge.port, "POST", ANALYZE, b"bytes", {name: "x", "x-kept.it": "y"})
    assert reply.status == 200
    assert (name in edge.analyses.metadata, edge.analyses.metadata["x-kept.it"]) == (False, "y")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_bytes_of_an_upload_arrive_in_pieces_and_in_order(edge: Edge, method: str) -> None:
    body = bytes(range(256)) * 8_000
    reply = call(edge.port, method, f"{ANALYZE}?display_name=a%20b", body, {"content-type": "image/png"})
    assert (reply.status, reply.json()["displayName"]) == (200, f"{len(body)} bytes")
    assert b"".join(request.file.data for request in edge.analyses.requests) == body
    assert max(len(request.file.data) for request in edge.analyses.requests) <= 2**20
    first = edge.analyses.requests[0]
    assert (first.display_name, first.file.content_type) == ("a b", "image/png")


def test_several_answers_come_as_one_json_object_a_line(edge: Edge) -> None:
    reply = call(edge.port, "POST", f"{ANALYZE}?display_name=video", b"moving")
    names = [json.loads(line)["name"] for line in reply.body.splitlines()]
    assert names == ["analyses/0", "analyses/1", "analyses/2"]


def test_steps_arrive_one_by_one_and_not_at_the_end(edge: Edge) -> None:
    edge.analyses.next_step.clear()
    with streaming(edge, "display_name=video") as lines:
        assert json.loads(lines.readline())["name"] == "analyses/0"
        edge.analyses.next_step.set()
        assert [json.loads(line)["name"] for line in lines] == ["analyses/1", "analyses/2"]


def test_a_caller_who_goes_away_is_told_to_the_gateway_within_a_second(edge: Edge) -> None:
    edge.analyses.next_step.clear()
    with streaming(edge, "display_name=video") as lines:
        lines.readline()
        assert not edge.analyses.gone.is_set()
    assert edge.analyses.gone.wait(1)
    edge.analyses.next_step.set()


@pytest.mark.parametrize(("name", "number"), [("DEPTH_QUICK", 1), ("DEPTH_STANDARD", 2), ("DEPTH_THOROUGH", 3)])
def test_the_depth_is_a_query_parameter(edge: Edge, name: str, number: int) -> None:
    assert call(edge.port, "POST", f"{ANALYZE}?depth={name}", b"moving").status == 200
    assert edge.analyses.requests[0].depth == number


def test_a_depth_that_does_not_exist_is_refused(edge: Edge) -> None:
    reply = call(edge.port, "POST", f"{ANALYZE}?depth=DEPTH_BOTTOMLESS", b"moving")
    assert (reply.status, reply.reason) == (400, "INVALID_REQUEST")


def test_an_error_of_the_gateway_keeps_its_reason_sentence_and_facts(edge: Edge) -> None:
    reply = call(edge.port, "POST", ANALYZE, b"")
    assert (reply.status, reply.json()["code"], reply.reason) == (400, 3, "EMPTY_MEDIA")
    assert reply.json()["message"] == "the file has no bytes; choose another"
    assert reply.json()["details"][0]["metadata"] == {"display_name": "x"}


def test_zeros_and_empty_lists_are_printed(edge: Edge) -> None:
    answer = call(edge.port, "GET", "/v1/analyses/a").json()
    assert (answer["state"], answer["evidence"]) == ("ANALYSIS_STATE_UNSPECIFIED", [])


def test_a_long_analysis_arrives_whole(edge: Edge) -> None:
    reply = call(edge.port, "GET", "/v1/analyses/long")
    assert (reply.status, len(reply.body) > 2**22) == (200, True)
    assert reply.json()["name"] == "analyses/long"


def test_who_goes_on_sending_after_a_refusal_hears_the_reason(edge: Edge) -> None:
    def chunks() -> Iterator[bytes]:
        yield bytes(LIMIT_BYTES + 1)
        for _ in range(4):
            time.sleep(0.5)  # a slow sender is what this is about
            yield bytes(100_000)

    reply = call(edge.port, "POST", ANALYZE, chunks())
    assert (reply.status, reply.reason) == (413, "MEDIA_TOO_LARGE")


def test_native_grpc_passes_through_the_same_port(edge: Edge) -> None:
    with open_channel(f"127.0.0.1:{edge.port}") as channel:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        request = analysis_service_pb2.AnalyzeMediaRequest(display_name="video", file={"data": b"moving"})
        assert len(list(stub.AnalyzeMedia(iter([request])))) == 3
        with pytest.raises(grpc.RpcError) as failed:
            list(stub.AnalyzeMedia(iter([])))
    assert isinstance(from_rpc_error(failed.value), EmptyMedia)


def test_grpcurl_works_through_the_same_port_by_reflection(edge: Edge) -> None:
    address = f"127.0.0.1:{edge.port}"
    command = [str(Path(sys.executable).with_name("grpcurl")), "-plaintext", "-d", '{"name": "analyses/a"}', address]
    answer = subprocess.run(
        [*command, "telltale.gateway.v1.AnalysisService/GetAnalysis"], capture_output=True, check=True
    )
    assert json.loads(answer.stdout) == {"name": "analyses/a"}


def test_a_body_that_announces_too_much_is_refused(edge: Edge) -> None:
    reply = call(edge.port, "POST", ANALYZE, None, {"content-length": str(LIMIT_BYTES + 1)})
    assert (reply.status, reply.reason) == (413, "MEDIA_TOO_LARGE")
    assert "longer than 2 MiB; send a smaller file" in reply.json()["message"]


def test_what_envoy_refuses_has_its_reason_over_native_grpc_too(edge: Edge) -> None:
    unbounded = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{edge.port}", unbounded) as channel:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        with pytest.raises(grpc.RpcError) as failed:
            stub.GetAnalysis(analysis_service_pb2.GetAnalysisRequest(name="a" * (MAX_MESSAGE_BYTES + 1)))
    refusal = from_rpc_error(failed.value)
    assert isinstance(refusal, MediaTooLarge)
    assert "Without a file it has at most 5 MiB" in refusal.message


def test_a_body_that_grows_too_long_is_refused(edge: Edge) -> None:
    chunks = (b"\0" * 100_000 for _ in range(LIMIT_BYTES // 100_000 + 1))
    reply = call(edge.port, "POST", ANALYZE, chunks)
    assert (reply.status, reply.reason) == (413, "MEDIA_TOO_LARGE")


def test_an_unknown_address_is_not_found(edge: Edge) -> None:
    reply = call(edge.port, "GET", "/v1/nothing")
    assert (reply.status, reply.json()["code"], reply.reason) == (404, 5, "NOT_FOUND")


def test_an_unknown_parameter_is_named(edge: Edge) -> None:
    reply = call(edge.port, "GET", "/v1/analyses/a?secrte=1")
    assert (reply.status, reply.json()["code"], reply.reason) == (400, 3, "INVALID_REQUEST")
    assert '"secrte"' in reply.json()["message"]


def test_a_body_that_contradicts_the_address_is_refused(edge: Edge) -> None:
    reply = call(edge.port, "POST", f"/v1/media/{'0' * 26}:analyze", b'{"name": "media/other"}')
    assert (reply.status, reply.reason) == (400, "INVALID_REQUEST")
    assert "media/other" in reply.json()["message"]


def test_escaped_slashes_in_a_path_are_refused(edge: Edge) -> None:
    reply = call(edge.port, "GET", "/assets/..%2f..%2fetc%2fpasswd")
    assert (reply.status, reply.reason) == (400, "INVALID_REQUEST")


def test_too_many_headers_are_refused(edge: Edge) -> None:
    reply = call(edge.port, "GET", "/", headers={f"x-{number}": "1" for number in range(100)})
    assert (reply.status, reply.reason) == (431, "INVALID_REQUEST")


def test_a_strange_host_name_is_refused(edge: Edge) -> None:
    reply = call(edge.port, "GET", "/", headers={"host": "rebound.example"})
    assert (reply.status, reply.reason) == (421, "INVALID_REQUEST")


def test_every_host_name_can_be_taken_for_ours(tmp_path: Path) -> None:
    with fake_gateway() as (gateway_port, _), envoy(tmp_path, gateway_port, public_hosts='["*"]') as port:
        assert call(port, "POST", ANALYZE, b"bytes", {"host": "anything.example"}).status == 200


@pytest.mark.parametrize("path", ["/", "/v1/nothing", "/v1/analyses/a"])
def test_every_answer_has_the_security_headers(edge: Edge, path: str) -> None:
    headers = call(edge.port, "GET", path).headers
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "media-src blob:", "frame-ancestors 'none'"} <= set(policy)
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"


def test_the_answer_does_not_tell_about_the_inside(edge: Edge) -> None:
    headers = call(edge.port, "GET", "/").headers
    assert headers["server"] == "telltale"
    assert [name for name in headers if name.startswith("x-envoy")] == []


def test_a_report_is_a_file_to_keep_and_nothing_else_is(edge: Edge) -> None:
    report = call(edge.port, "GET", "/v1/analyses/a/report").headers
    assert report["content-disposition"] == 'attachment; filename="telltale-report.json"'
    assert "content-disposition" not in call(edge.port, "GET", "/v1/analyses/a").headers


def test_a_download_is_the_files_bytes_with_its_type_and_a_file_to_keep(edge: Edge) -> None:
    reply = call(edge.port, "GET", f"/v1/media/{'a' * 26}:download")
    assert (reply.status, reply.body) == (200, b"".join(DOWNLOAD))
    assert (reply.headers["content-type"], reply.headers["content-disposition"]) == ("audio/wav", "attachment")
    assert (reply.headers["x-content-type-options"], reply.headers["cache-control"]) == ("nosniff", "no-store")
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_a_download_of_nothing_says_so(edge: Edge) -> None:
    reply = call(edge.port, "GET", f"/v1/media/{'0' * 26}:download")
    assert (reply.status, reply.reason) == (404, "NOT_FOUND")


def test_a_download_is_always_of_the_whole_file(edge: Edge) -> None:
    reply = call(edge.port, "GET", f"/v1/media/{'a' * 26}:download", headers={"range": "bytes=0-9"})
    assert (reply.status, len(reply.body)) == (200, sum(map(len, DOWNLOAD)))
    assert "accept-ranges" not in reply.headers


def test_the_request_id_of_the_answer_reaches_the_gateway(edge: Edge) -> None:
    reply = call(edge.port, "POST", ANALYZE, b"x")
    assert edge.analyses.metadata["x-request-id"] == reply.headers["x-request-id"]


def test_the_access_log_has_no_secrets(edge: Edge, tmp_path: Path) -> None:
    with envoy(tmp_path, 1) as port:
        call(port, "GET", "/v1/analyses/a?name=hidden1", headers={"authorization": "Bearer hidden2"})
    entry = json.loads((tmp_path / "access.log").read_text())
    assert (entry["path"], entry["status"], entry["method"]) == ("/v1/analyses/a", 503, "GET")
    assert "hidden" not in (tmp_path / "access.log").read_text()


def test_tls_is_served_when_certificate_and_key_are_given(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
    ]
    names = [
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-out",
        str(certificate),
        "-keyout",
        str(key),
    ]
    subprocess.run([*make, *names], check=True, capture_output=True)
    with (
        fake_gateway() as (gateway_port, _),
        envoy(tmp_path, gateway_port, tls_certificate=certificate, tls_key=key) as port,
    ):
        context = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=10)
        connection.request("GET", "/")
        headers = connection.getresponse().headers
        connection.close()
    assert headers["strict-transport-security"] == "max-age=31536000"


def test_without_a_gateway_the_answer_says_so(tmp_path: Path) -> None:
    with envoy(tmp_path, 1) as port:
        reply = call(port, "GET", "/v1/analyses/a")
    assert (reply.status, reply.json()["code"], reply.reason) == (503, 14, "OVERLOADED")
    assert reply.headers["retry-after"] == "1"


def test_native_grpc_gets_the_bare_sentence_of_an_error_of_the_edge(tmp_path: Path) -> None:
    with envoy(tmp_path, 1) as port, open_channel(f"127.0.0.1:{port}") as channel:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        with pytest.raises(grpc.RpcError) as failed:
            stub.GetAnalysis(analysis_service_pb2.GetAnalysisRequest(name="analyses/a"))
    assert failed.value.code() == grpc.StatusCode.UNAVAILABLE
    assert failed.value.details() == "The service is starting, stopping or overloaded; try again soon."


def test_more_requests_at_work_than_the_gateway_may_get_are_refused(tmp_path: Path) -> None:
    with fake_gateway() as (gateway_port, seen), envoy(tmp_path, gateway_port, max_requests=1) as port:
        slow = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        slow.putrequest("POST", ANALYZE)
        slow.putheader("transfer-encoding", "chunked")
        slow.endheaders(b"5\r\nfirst\r\n")
        # Asked earlier, the second request could take the only place, and the slow one would be refused.
        assert seen.arrived.wait(10)
        refused = call(port, "GET", "/v1/analyses/a")
        slow.close()
    assert (refused.status, refused.reason) == (503, "OVERLOADED")
    assert refused.headers["retry-after"] == "1"


def test_too_many_requests_at_once_are_refused(tmp_path: Path) -> None:
    with fake_gateway() as (gateway_port, _), envoy(tmp_path, gateway_port, request_burst=3, requests_per_s=1) as port:
        replies = [call(port, "GET", "/") for _ in range(12)]
    assert replies[0].status == 200
    refused = [reply for reply in replies if reply.status == 429]
    assert refused[0].reason == "RATE_LIMITED"
    assert refused[0].headers["retry-after"] == "1"


def test_wrong_settings_are_told_in_one_line() -> None:
    environment = child_environment({"TELLTALE_ENVOY_TLS_KEY": "k.pem"})
    command = [sys.executable, "-m", "gateway.envoy"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.startswith("INVALID_SETTINGS: ")
