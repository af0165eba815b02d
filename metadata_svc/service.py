"""MetadataService over gRPC: convert, call, convert."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import grpc

from kit.media.file import MediaFile
from kit.rpc.server import ServiceBinding
from kit.rpc.uploads import receive
from metadata_svc.detector import Examination
from telltale.common.v1 import media_pb2
from telltale.metadata.v1 import metadata_service_pb2, metadata_service_pb2_grpc


class Examiner(Protocol):
    """What the servicer needs of a detector."""

    def examine(self, media: MediaFile, info: media_pb2.MediaInfo, timeout_s: float | None = None) -> Examination:
        """Evidence and facts of one file."""
        ...


class MetadataServicer(metadata_service_pb2_grpc.MetadataServiceServicer):
    """Serves one detector."""

    def __init__(self, detector: Examiner, max_bytes: int) -> None:
        self._detector = detector
        self._max_bytes = max_bytes

    def AnalyzeMetadata(
        self, request_iterator: Iterator[metadata_service_pb2.AnalyzeMetadataRequest], context: grpc.ServicerContext
    ) -> metadata_service_pb2.AnalyzeMetadataResponse:
        """Reads one file. Errors: DIGEST_MISMATCH, DECODER_STOPPED, OVERLOADED."""
        upload = receive(request_iterator, max_bytes=self._max_bytes)
        with upload.media as media:
            examination = self._detector.examine(media, upload.info, context.time_remaining())
        return metadata_service_pb2.AnalyzeMetadataResponse(evidence=examination.evidence, facts=examination.facts)


def metadata_service(detector: Examiner, max_bytes: int) -> ServiceBinding:
    """The binding of `MetadataService` for a server."""
    return ServiceBinding(
        descriptor=metadata_service_pb2.DESCRIPTOR.services_by_name["MetadataService"],
        add=metadata_service_pb2_grpc.add_MetadataServiceServicer_to_server,
        servicer=MetadataServicer(detector, max_bytes),
    )
