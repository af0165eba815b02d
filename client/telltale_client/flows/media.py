"""Files."""

from __future__ import annotations

from datetime import timedelta

import telltale_client.methods as methods
from telltale.gateway.v1 import media_service_pb2, resources_pb2
from telltale_client.effects import UPLOAD_TIMEOUT_S, Emit, Flow, Next, Open, Stream
from telltale_client.flows.calling import PAGE_SIZE, once, paged, repeated, sent
from telltale_client.source import Source, name_of, pieces_of
from telltale_client.values import Truth, duration, enum_value, name_in, new_key

Media = resources_pb2.Media


def upload(
    source: Source,
    *,
    display_name: str | None = None,
    content_type: str = "",
    time_to_live: timedelta | None = None,
    request_id: str | None = None,
) -> Flow[Media]:
    """Stores a file.

    Args:
        source: a path, bytes, or a file opened for binary reading.
        display_name: a name to show; that of the file when it is None.
        content_type: its media type, checked against its bytes; empty: it is found from them.
        time_to_live: how long it is kept; as long as the operator says when it is None.
        request_id: a UUID; the same one with the same bytes gives the same file. One of ours when it is None.

    Raises:
        OSError: the file cannot be read.
        MediaRefused, ResourceExhausted, Unauthenticated, PermissionDenied, AlreadyExists, Unavailable, …
    """
    first = {
        "request_id": request_id or new_key(),
        "display_name": name_of(source) if display_name is None else display_name,
        "time_to_live": duration(time_to_live),
    }
    pieces = pieces_of(source, media_service_pb2.UploadMediaRequest, content_type, **first)
    return (yield from sent(methods.UPLOAD_MEDIA, pieces))


def get_media(name: str) -> Flow[Media]:
    """The facts about a file, "media/{id}". Raises NotFound."""
    return (yield from repeated(methods.GET_MEDIA, media_service_pb2.GetMediaRequest(name=name)))


def list_media() -> Stream[Media]:
    """All files of the token's owner, newest first."""
    request = media_service_pb2.ListMediaRequest(page_size=PAGE_SIZE)
    return (yield from paged(methods.LIST_MEDIA, request, lambda page: page.media))


def download(media: str | Media) -> Stream[bytes]:
    """The bytes of a file, in pieces of at most 1 MiB. A connection that breaks is an error. Raises NotFound."""
    request = media_service_pb2.DownloadMediaRequest(name=name_in(media))
    stream = yield Open(methods.DOWNLOAD_MEDIA, request, UPLOAD_TIMEOUT_S)
    while (piece := (yield Next(stream))) is not None:
        yield Emit(piece.data)


def delete_media(media: str | Media) -> Flow[media_service_pb2.DeleteMediaResponse]:
    """Deletes a file and all that was made of it. The answer has a signed receipt: keep it. Raises NotFound."""
    request = media_service_pb2.DeleteMediaRequest(name=name_in(media))
    return (yield from once(methods.DELETE_MEDIA, request))


def contribute(media: str | Media, truth: Truth | int) -> Flow[resources_pb2.Contribution]:
    """Gives the operator a copy of a picture for making the detectors better: pixels alone. Calling this is the consent.

    Raises:
        NotFound, FailedPrecondition (the operator wants none), Unimplemented (pictures only).
    """
    value = enum_value(resources_pb2.Truth, "TRUTH", truth)
    request = media_service_pb2.ContributeMediaRequest(name=name_in(media), truth=value)
    return (yield from repeated(methods.CONTRIBUTE_MEDIA, request))


def delete_contribution(
    contribution: str | resources_pb2.Contribution,
) -> Flow[media_service_pb2.DeleteContributionResponse]:
    """Takes a contribution back. Raises NotFound."""
    request = media_service_pb2.DeleteContributionRequest(name=name_in(contribution))
    return (yield from once(methods.DELETE_CONTRIBUTION, request))
