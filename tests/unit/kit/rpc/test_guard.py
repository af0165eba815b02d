from __future__ import annotations

from collections.abc import Iterator

import grpc
import grpc_testing
import pytest
import structlog
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from kit.errors import NotFound, RateLimited
from kit.rpc.channel import open_channel
from kit.rpc.guard import FIXED_SENTENCE, check, guard
from kit.rpc.server import ServiceBinding, start
from kit.settings import ServerSettings
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.image.v1 import image_service_pb2
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc

MODELS = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"]
IMAGES = image_service_pb2.DESCRIPTOR.services_by_name["ImageService"]


class FailingModels(model_service_pb2_grpc.ModelServiceServicer):
    def __init__(self, error: Exception) -> None:
        self._error = error

    def GetModel(self, request: object, context: object) -> None:
        raise self._error


def call(error: Exception, request: object = None) -> tuple[grpc.StatusCode, str, status_pb2.Status]:
    # On a real server: grpcio-testing loses the trailers of an aborted call.
    models = ServiceBinding(MODELS, model_service_pb2_grpc.add_ModelServiceServicer_to_server, FailingModels(error))
    server = start(ServerSettings(), [models])
    request = request or model_service_pb2.GetModelRequest(name="x")
    with open_channel(f"127.0.0.1:{server.port}") as channel:
        stub = model_service_pb2_grpc.ModelServiceStub(channel)
        with pytest.raises(grpc.RpcError) as caught:
            stub.GetModel(request, timeout=5)
    server.stop()
    status = rpc_status.from_call(caught.value)
    assert status is not None
    return caught.value.code(), caught.value.details(), status


def reason(status: status_pb2.Status) -> error_details_pb2.ErrorInfo:
    info = error_details_pb2.ErrorInfo()
    assert any(detail.Unpack(info) for detail in status.details)
    return info


def test_a_typed_error_keeps_status_sentence_reason_and_details() -> None:
    code, details, status = call(NotFound("no model x", name="x"))
    assert (code, details) == (grpc.StatusCode.NOT_FOUND, "no model x")
    assert (reason(status).reason, reason(status).domain, reason(status).metadata) == (
        "NOT_FOUND",
        "telltale",
        {"name": "x"},
    )


def test_a_pause_before_the_retry_travels_along() -> None:
    _, _, status = call(RateLimited("slow down", retry_after_s=1.5))
    retry = error_details_pb2.RetryInfo()
    assert any(detail.Unpack(retry) for detail in status.details)
    assert retry.retry_delay.ToMilliseconds() == 1500


def test_an_unknown_error_answers_one_fixed_sentence_and_logs_the_traceback() -> None:
    with structlog.testing.capture_logs() as logs:
        code, details, status = call(ZeroDivisionError("secret/path"))
    assert (code, details, reason(status).reason) == (grpc.StatusCode.INTERNAL, FIXED_SENTENCE, "INTERNAL")
    assert any(isinstance(entry.get("exc_info"), ZeroDivisionError) for entry in logs)


def test_a_request_that_breaks_a_rule_never_reaches_the_method() -> None:
    code, details, status = call(AssertionError("reached"), model_service_pb2.GetModelRequest(name=""))
    assert (code, reason(status).reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
    assert "name" in details


def test_an_unknown_field_is_refused() -> None:
    request = model_service_pb2.GetModelRequest.FromString(b"\x0a\x01x\x98\x06\x01")
    code, details, status = call(AssertionError("reached"), request)
    assert (code, reason(status).reason) == (grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_FIELD")
    assert "99" in details


def test_an_unknown_field_deep_inside_is_refused() -> None:
    inner = media_pb2.MediaInfo.FromString(b"\x98\x06\x01")
    with pytest.raises(Exception, match=r"FuseRequest\.media holds fields"):
        check(fusion_service_pb2.FuseRequest(media=inner))


def test_every_message_of_a_stream_is_checked() -> None:
    class Images:
        def AnalyzeImage(self, requests: Iterator[object], context: object) -> Iterator[object]:
            for _ in requests:
                yield image_service_pb2.AnalyzeImageResponse()

    server = grpc_testing.server_from_dictionary({IMAGES: guard(Images(), IMAGES)}, grpc_testing.strict_real_time())
    rpc = server.invoke_stream_stream(IMAGES.methods_by_name["AnalyzeImage"], (), None)
    rpc.send_request(image_service_pb2.AnalyzeImageRequest(chunk=b"a"))
    assert rpc.take_response() is not None
    rpc.send_request(image_service_pb2.AnalyzeImageRequest())
    _, code, details = rpc.termination()
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "payload" in details


def test_a_servicer_without_a_method_of_the_contract_cannot_be_guarded() -> None:
    with pytest.raises(AttributeError, match="GetModel"):
        guard(object(), MODELS)
