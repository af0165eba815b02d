"""A gateway in memory: idempotent as the real one, and failing as often as a test wants."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.longrunning import operations_pb2, operations_pb2_grpc
from google.protobuf import empty_pb2

from kit.errors import MediaTooLarge, NotFound, TelltaleError
from kit.rpc.status import abort, to_status
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import (
    analysis_service_pb2,
    analysis_service_pb2_grpc,
    media_service_pb2,
    media_service_pb2_grpc,
    operation_service_pb2_grpc,
    resources_pb2,
)

RUNNING, SUCCEEDED = resources_pb2.ANALYSIS_STATE_RUNNING, resources_pb2.ANALYSIS_STATE_SUCCEEDED
LOST = "the connection is lost"
"""A failure that no server tells of: the stream just ends."""


class MoodyGateway(
    media_service_pb2_grpc.MediaServiceServicer,
    analysis_service_pb2_grpc.AnalysisServiceServicer,
    operation_service_pb2_grpc.OperationServiceServicer,
    operations_pb2_grpc.OperationsServicer,
):
    """Keeps files and analyses by their idempotency keys.

    Attributes:
        failures: what the next calls of a method fail with, before they do anything.
        breaks: how many answers of a stream come through before the next calls of a method are lost.
        calls: the messages of every call, by method.
        judged: how often each file was judged, by its digest.
        refused: files that are refused, by their bytes.
        on_call: is told the name of each method when it is called.
        headers: of the last call.
    """

    def __init__(self) -> None:
        self.failures: dict[str, list[TelltaleError | str]] = {}
        self.breaks: dict[str, list[int]] = {}
        self.calls: dict[str, list[list[Any]]] = {}
        self.judged: Counter[str] = Counter()
        self.refused: dict[bytes, TelltaleError] = {}
        self.on_call: Callable[[str], None] = lambda _: None
        self.silent = False
        self.headers: dict[str, Any] = {}
        self.media: dict[str, resources_pb2.Media] = {}
        self.analyses: dict[str, resources_pb2.Analysis] = {}
        self._lock = threading.Lock()

    @property
    def authorization(self) -> Any:
        return self.headers.get("authorization")

    def UploadMedia(self, request_iterator: Any, context: Any) -> resources_pb2.Media:
        messages = self._enter("UploadMedia", context, request_iterator)
        return self._keep(messages, context)

    def DeleteMedia(self, request: Any, context: Any) -> media_service_pb2.DeleteMediaResponse:
        self._enter("DeleteMedia", context, [request])
        if self.media.pop(request.name, None) is None:
            abort(context, NotFound(f"there is no {request.name}"))
        return media_service_pb2.DeleteMediaResponse(deleted=[request.name])

    def AnalyzeMedia(self, request_iterator: Any, context: Any) -> Iterator[resources_pb2.Analysis]:
        messages = self._enter("AnalyzeMedia", context, request_iterator)
        media = self._keep(messages, context)
        yield from self._steps("AnalyzeMedia", self._judge(media, messages[0].request_id), context)

    def AnalyzeStoredMedia(self, request: Any, context: Any) -> Iterator[resources_pb2.Analysis]:
        self._enter("AnalyzeStoredMedia", context, [request])
        if not self.silent:
            analysis = self._judge(self.media[request.name], request.request_id)
            yield from self._steps("AnalyzeStoredMedia", analysis, context)

    def CreateAnalysis(self, request: Any, context: Any) -> operations_pb2.Operation:
        self._enter("CreateAnalysis", context, [request])
        return self._operation(self._judge(self.media[request.media], request.request_id))

    def BatchCreateAnalyses(self, request: Any, context: Any) -> analysis_service_pb2.BatchCreateAnalysesResponse:
        self._enter("BatchCreateAnalyses", context, [request])
        made = [self._operation(self._judge(self.media[each.media], each.request_id)) for each in request.requests]
        return analysis_service_pb2.BatchCreateAnalysesResponse(operations=made)

    def WatchOperation(self, request: Any, context: Any) -> Iterator[operations_pb2.Operation]:
        self._enter("WatchOperation", context, [request])
        for analysis in self._steps("WatchOperation", self._named(request.name, context), context):
            yield self._operation(analysis)

    def WaitOperation(self, request: Any, context: Any) -> operations_pb2.Operation:
        self._enter("WaitOperation", context, [request])
        if self.silent:
            return operations_pb2.Operation(name=request.name)
        return self._operation(self._named(request.name, context))

    def GetOperation(self, request: Any, context: Any) -> operations_pb2.Operation:
        self._enter("GetOperation", context, [request])
        return self._operation(self._named(request.name, context))

    def CancelOperation(self, request: Any, context: Any) -> empty_pb2.Empty:
        self._enter("CancelOperation", context, [request])
        return empty_pb2.Empty()

    def ListOperations(self, request: Any, context: Any) -> operations_pb2.ListOperationsResponse:
        """One a page."""
        self._enter("ListOperations", context, [request])
        place = int(request.page_token or 0)
        found = list(self.analyses.values())
        following = str(place + 1) if place + 1 < len(found) else ""
        page = [self._operation(each) for each in found[place : place + 1]]
        return operations_pb2.ListOperationsResponse(operations=page, next_page_token=following)

    def _enter(self, method: str, context: Any, messages: Any) -> list[Any]:
        self.headers = dict(context.invocation_metadata())
        self.on_call(method)
        read = list(messages)
        self.calls.setdefault(method, []).append(read)
        if waiting := self.failures.get(method):
            self._fail(context, waiting.pop(0))
        return read

    def _fail(self, context: Any, failure: TelltaleError | str) -> None:
        if isinstance(failure, TelltaleError):
            abort(context, failure)
        context.abort(grpc.StatusCode.UNAVAILABLE, failure)

    def _keep(self, messages: list[Any], context: Any) -> resources_pb2.Media:
        data = b"".join(message.file.data for message in messages)
        if data in self.refused:
            abort(context, self.refused[data])
        digest = hashlib.sha256(data).hexdigest()
        name = f"media/{_id(messages[0].request_id + digest)}"
        info = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_IMAGE, mime_type="image/jpeg", sha256=digest)
        return self.media.setdefault(
            name, resources_pb2.Media(name=name, info=info, display_name=messages[0].display_name)
        )

    def _judge(self, media: resources_pb2.Media, request_id: str) -> resources_pb2.Analysis:
        name = f"analyses/{_id(request_id + media.info.sha256)}"
        with self._lock:
            if name not in self.analyses:
                self.judged[media.info.sha256] += 1
                label = verdict_pb2.LABEL_MANIPULATED if media.info.sha256[0] < "8" else verdict_pb2.LABEL_AUTHENTIC
                self.analyses[name] = resources_pb2.Analysis(
                    name=name,
                    media=media.name,
                    info=media.info,
                    display_name=media.display_name,
                    state=SUCCEEDED,
                    verdict=verdict_pb2.Verdict(label=label, risk_score=12.5, confidence=0.9),
                )
        return self.analyses[name]

    def _steps(self, method: str, last: resources_pb2.Analysis, context: Any) -> Iterator[resources_pb2.Analysis]:
        breaks = self.breaks.get(method)
        left = breaks.pop(0) if breaks else None
        for step in (resources_pb2.Analysis(name=last.name, media=last.media, state=RUNNING), last):
            if left == 0:
                context.abort(grpc.StatusCode.UNAVAILABLE, LOST)
            left = None if left is None else left - 1
            yield step

    def _named(self, name: str, context: Any) -> resources_pb2.Analysis:
        found = self.analyses.get(name.replace("operations/", "analyses/"))
        if found is None:
            abort(context, NotFound(f"there is no {name}"))
        return found

    @staticmethod
    def _operation(analysis: resources_pb2.Analysis) -> operations_pb2.Operation:
        ended = analysis.state != RUNNING
        made = operations_pb2.Operation(name=analysis.name.replace("analyses/", "operations/"), done=ended)
        made.metadata.Pack(resources_pb2.AnalysisOperation(analysis=analysis.name, state=analysis.state))
        if analysis.HasField("error"):
            made.error.CopyFrom(analysis.error)
        elif ended:
            made.response.Pack(analysis)
        return made

    def fail_all(self, error: TelltaleError) -> None:
        """Lets every analysis that was made end with an error."""
        for analysis in self.analyses.values():
            analysis.state = resources_pb2.ANALYSIS_STATE_FAILED
            analysis.error.CopyFrom(to_status(error))


@contextmanager
def moody_gateway() -> Iterator[tuple[MoodyGateway, str]]:
    """The fake, and its address."""
    fake = MoodyGateway()
    server = grpc.server(ThreadPoolExecutor(8))
    media_service_pb2_grpc.add_MediaServiceServicer_to_server(fake, server)  # type: ignore[no-untyped-call]  # generated
    analysis_service_pb2_grpc.add_AnalysisServiceServicer_to_server(fake, server)  # type: ignore[no-untyped-call]  # generated
    operation_service_pb2_grpc.add_OperationServiceServicer_to_server(fake, server)  # type: ignore[no-untyped-call]  # generated
    operations_pb2_grpc.add_OperationsServicer_to_server(fake, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield fake, f"127.0.0.1:{port}"
    server.stop(None).wait()


def _id(text: str) -> str:
    """26 letters and digits that follow from a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:26]


TOO_LARGE = MediaTooLarge("the file is longer than 1 MiB; send a smaller one")
