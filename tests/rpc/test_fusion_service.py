from __future__ import annotations

import math

import grpc
import grpc_testing
import pytest

from fusion_svc.build import Judge
from fusion_svc.service import fusion_service
from kit.rpc.guard import guard
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2
from tests.support.fusion import PHOTO, VIDEO, a_finding, a_model, a_span, a_timeline
from tests.support.serving import desk_of

DESCRIPTOR = fusion_service_pb2.DESCRIPTOR.services_by_name["FusionService"]


def fuse(
    evidence: list[evidence_pb2.Evidence], media: media_pb2.MediaInfo = PHOTO, language: str = ""
) -> tuple[fusion_service_pb2.FuseResponse | None, grpc.StatusCode, str]:
    """Calls Fuse through the guard; answers response, status and its sentence."""
    servicer = guard(fusion_service(desk_of(Judge(a_model(), []))).servicer, DESCRIPTOR)
    server = grpc_testing.server_from_dictionary({DESCRIPTOR: servicer}, grpc_testing.strict_real_time())
    request = fusion_service_pb2.FuseRequest(media=media, evidence=evidence, language=language)
    call = server.invoke_unary_unary(DESCRIPTOR.methods_by_name["Fuse"], {}, request, timeout=None)
    response, _, code, details = call.termination()
    return response, code, details


def test_evidence_becomes_a_verdict() -> None:
    response, code, _ = fuse([a_finding("alpha", 3.0)])
    assert code == grpc.StatusCode.OK
    assert response is not None
    assert response.verdict.label == verdict_pb2.LABEL_MANIPULATED
    assert response.verdict.replay.media_sha256 == PHOTO.sha256


@pytest.mark.parametrize(
    ("language", "begins"), [("", "The evidence"), ("de-AT", "Die Hinweise"), ("tlh", "The evidence")]
)
def test_the_verdict_speaks_the_language_that_was_asked_for(language: str, begins: str) -> None:
    response, _, _ = fuse([a_finding("alpha", 3.0)], language=language)
    assert response is not None
    assert response.verdict.explanation[0].text.startswith(begins)


def test_the_evidence_of_a_video_becomes_a_verdict_that_says_who_and_when() -> None:
    calm, odd = a_span(0, 4, -2.0, 3), a_span(4, 8, 5.0, 3)
    response, code, _ = fuse([a_timeline("alpha", calm, odd)], VIDEO)
    assert code == grpc.StatusCode.OK
    assert response is not None
    decisive = response.verdict.decisive
    assert (decisive.track_id, decisive.start.seconds, decisive.end.seconds) == (3, 4, 8)
    assert list(response.verdict.segments) == [decisive]


def test_a_span_that_is_no_number_is_refused() -> None:
    entry = a_finding("alpha", 1.0)
    entry.finding.spans.append(a_span(0, 1, math.nan))
    response, code, details = fuse([entry], VIDEO)
    assert (response, code) == (None, grpc.StatusCode.INVALID_ARGUMENT)
    assert "log_likelihood_ratio" in details


def test_the_same_request_gets_the_same_answer() -> None:
    assert fuse([a_finding("alpha", 3.0)]) == fuse([a_finding("alpha", 3.0)])


@pytest.mark.parametrize(
    "evidence",
    [
        [a_finding("alpha", math.nan)],
        [a_finding("alpha", math.inf)],
        [a_finding("alpha", 1.0, quality=1.5)],
        [a_finding("alpha", 1.0), a_finding("alpha", 2.0)],
        [evidence_pb2.Evidence(cue="alpha")],
    ],
)
def test_evidence_that_breaks_the_contract_is_refused(evidence: list[evidence_pb2.Evidence]) -> None:
    response, code, details = fuse(evidence)
    assert (response, code) == (None, grpc.StatusCode.INVALID_ARGUMENT)
    assert "evidence" in details


def test_a_request_without_media_is_refused() -> None:
    _, code, details = fuse([], media_pb2.MediaInfo())
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "media" in details
