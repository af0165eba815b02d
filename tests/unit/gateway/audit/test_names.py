"""What a request names, and that no request is forgotten."""

from __future__ import annotations

import pytest
from google.longrunning import operations_pb2
from google.protobuf.descriptor import Descriptor, ServiceDescriptor

from gateway.audit.names import collection_of, known_names, names_in
from telltale.gateway.v1 import (
    analysis_service_pb2,
    feedback_service_pb2,
    media_service_pb2,
    operation_service_pb2,
    resources_pb2,
    share_service_pb2,
)

ID, OTHER = "a" * 26, "b" * 26
FILES = (
    analysis_service_pb2,
    feedback_service_pb2,
    media_service_pb2,
    operation_service_pb2,
    operations_pb2,
    share_service_pb2,
)
SERVICES: list[ServiceDescriptor] = [service for file in FILES for service in file.DESCRIPTOR.services_by_name.values()]
# An upload makes what it names, and a link is opened by its secret, which nobody may write down.
NAMELESS = {
    "UploadMedia",
    "AnalyzeMedia",
    "GetSharedAnalysis",
    "GetSharedMap",
    "GetSharedReport",
    "DownloadSharedMedia",
}


def filled(message_type: Descriptor) -> object:
    """A message of which every text is the name of a resource, two levels deep."""
    message = message_type._concrete_class()
    for field in message_type.fields:
        if field.type == field.TYPE_STRING:
            setattr(message, field.name, f"media/{ID}") if not field.is_repeated else None
        elif field.message_type is not None and field.message_type.full_name.startswith("telltale."):
            child = getattr(message, field.name)
            child.append(filled(field.message_type)) if field.is_repeated else child.CopyFrom(
                filled(field.message_type)
            )
    return message


@pytest.mark.parametrize("method", [method for service in SERVICES for method in service.methods], ids=lambda m: m.name)
def test_every_request_names_what_it_asks_for(method: object) -> None:
    found = [*names_in(filled(method.input_type)), *collection_of(method)]  # type: ignore[attr-defined]
    assert bool(found) is (method.name not in NAMELESS)  # type: ignore[attr-defined]


def test_names_are_found_in_fields_lists_and_messages() -> None:
    assert list(names_in(media_service_pb2.GetMediaRequest(name=f"media/{ID}"))) == [f"media/{ID}"]
    said = resources_pb2.Feedback(name=f"analyses/{ID}/feedback")
    assert list(names_in(feedback_service_pb2.SetFeedbackRequest(feedback=said))) == [f"analyses/{ID}/feedback"]
    asked = [analysis_service_pb2.CreateAnalysisRequest(media=f"media/{each}") for each in (ID, OTHER)]
    batch = analysis_service_pb2.BatchCreateAnalysesRequest(requests=asked)
    assert list(names_in(batch)) == [f"media/{ID}", f"media/{OTHER}"]
    gone = media_service_pb2.DeleteMediaResponse(deleted=[f"media/{ID}", f"analyses/{OTHER}"])
    assert list(names_in(gone)) == [f"media/{ID}", f"analyses/{OTHER}"]


def test_texts_of_the_caller_are_no_names_whatever_they_look_like() -> None:
    media = resources_pb2.Media(name=f"media/{ID}", display_name=f"media/{OTHER}")
    assert list(names_in(media)) == [f"media/{ID}"]
    asked = analysis_service_pb2.CreateAnalysisRequest(media=f"media/{ID}", notify_url=f"media/{OTHER}")
    assert list(names_in(asked)) == [f"media/{ID}"]


def test_a_map_is_its_analysis_and_what_is_no_name_of_ours_is_left_out() -> None:
    names = [f"analyses/{ID}/maps/{'f' * 64}", f"analyses/{ID}/shares/{OTHER}", "f" * 64, "media/photo.jpg", "media/x/"]
    assert list(known_names(names)) == [f"analyses/{ID}", f"analyses/{ID}/shares/{OTHER}"]


def test_lists_are_named_by_what_they_list() -> None:
    methods = {method.name: method for service in SERVICES for method in service.methods}
    assert collection_of(methods["ListMedia"]) == ("media/-",)
    assert collection_of(methods["ListOperations"]) == ("operations/-",)
    assert collection_of(methods["GetMedia"]) == ()
