from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
import pytest
from inference import open_inference_service_pb2 as oip
from inference import open_inference_service_pb2_grpc

from bench.serving.doors.grpc import GrpcDoor, grpc_probability, grpc_request
from bench.serving.doors.rest import RestDoor, rest_probability, rest_request

LARGE = bytes(range(256)) * 2000


class Length(open_inference_service_pb2_grpc.GRPCInferenceServiceServicer):
    """Answers how long a file is, in thousands of bytes; fails on an empty one."""

    def ModelInfer(  # noqa: N802 - the contract's name
        self, request: oip.ModelInferRequest, context: grpc.ServicerContext
    ) -> oip.ModelInferResponse:
        jpeg = request.raw_input_contents[0][4:]
        if not jpeg:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "empty")
        answer = oip.ModelInferResponse()
        answer.outputs.add(name="probability").contents.fp32_contents.append(len(jpeg) / 1000)
        return answer


@pytest.fixture
def grpc_port() -> Iterator[int]:
    server = grpc.server(ThreadPoolExecutor(2))
    open_inference_service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(Length(), server)  # type: ignore[no-untyped-call]  # generated
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(0).wait()


def test_a_file_larger_than_a_window_of_http2_arrives_whole_and_again(grpc_port: int) -> None:
    door = GrpcDoor(grpc_port)
    answers = [grpc_probability(door.ask(grpc_request(LARGE[:size]))) for size in (10, len(LARGE), len(LARGE), 20)]
    door.close()
    assert answers == pytest.approx([0.01, 512.0, 512.0, 0.02])


def test_a_call_that_fails_is_not_taken_for_an_answer(grpc_port: int) -> None:
    door = GrpcDoor(grpc_port)
    with pytest.raises(RuntimeError, match="call failed"):
        door.ask(grpc_request(b""))
    door.close()


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


BODY = b'{"probability":0.25}'
CHUNKS = b'5\r\n{"pro\r\nf\r\nbability":0.25}\r\n0\r\n\r\n'


@pytest.mark.parametrize(
    "answer",
    [b"Content-Length: 20\r\n\r\n" + BODY, b"transfer-encoding: chunked\r\n\r\n" + CHUNKS],
    ids=["whole", "in chunks"],
)
def test_an_answer_of_rest_is_read_by_its_length_or_its_chunks(answer: bytes) -> None:
    assert asked(b"HTTP/1.1 200 OK\r\n" + answer, rest_probability) == 0.25


def test_an_error_of_rest_is_not_taken_for_an_answer() -> None:
    with pytest.raises(RuntimeError, match="503"):
        asked(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", rest_probability)


def test_a_server_that_hangs_up_is_noticed() -> None:
    with pytest.raises(ConnectionError):
        asked(b"HTTP/1.1 200", rest_probability)


def asked(answer: bytes, read: Callable[[bytes], float]) -> float:
    with answering(answer) as port:
        door = RestDoor(port)
        try:
            return read(door.ask(rest_request(b"jpeg")))
        finally:
            door.close()
