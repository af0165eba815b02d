"""Judgements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import telltale_client.methods as methods
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2
from telltale_client.effects import REPORT_TIMEOUT_S, Flow, Stream
from telltale_client.errors import Internal
from telltale_client.flows.calling import PAGE_SIZE, followed, once, paged, repeated
from telltale_client.flows.media import upload
from telltale_client.source import Source, name_of, pieces_of
from telltale_client.status import from_status
from telltale_client.values import Depth, ReportFormat, Retention, duration, enum_value, name_in, new_key

Analysis = resources_pb2.Analysis
OnProgress = Callable[[Analysis], None]
_FAILED = (resources_pb2.ANALYSIS_STATE_FAILED, resources_pb2.ANALYSIS_STATE_CANCELLED)
_ENDED = (*_FAILED, resources_pb2.ANALYSIS_STATE_SUCCEEDED)


def analyze(
    source: Source,
    *,
    depth: Depth | int = "standard",
    language: str = "",
    retention: Retention | int = "standard",
    time_to_live: timedelta | None = None,
    request_id: str | None = None,
    display_name: str | None = None,
    content_type: str = "",
    fresh: bool = False,
    on_progress: OnProgress | None = None,
) -> Flow[Analysis]:
    """Has a file judged and waits for the answer.

    When the connection breaks it is opened again, and the analysis is found again by its `request_id`; the file goes up a
    second time only when the server may not have it.

    Args:
        source: a path, bytes, or a file opened for binary reading.
        depth: how much of a long file to look at.
        language: of the verdict's sentences, a BCP 47 tag; English when empty.
        retention: "none" keeps nothing: the answer is all there is, and a broken connection begins from the start.
        time_to_live: how long file and analysis are kept; as long as the operator says when it is None.
        request_id: a UUID; the same one with the same file gives the same analysis. One of ours when it is None.
        display_name: a name to show; that of the file when it is None.
        content_type: its media type, checked against its bytes; empty: it is found from them.
        fresh: every detector looks at it anew, whatever it said of the same bytes before.
        on_progress: gets the analysis of a long file at every step.

    Raises:
        OSError: the file cannot be read.
        MediaRefused, ResourceExhausted, Unauthenticated, PermissionDenied, AlreadyExists, Unavailable, Cancelled, …
    """
    key, depth = request_id or new_key(), enum_value(media_pb2.Depth, "DEPTH", depth)
    kept = enum_value(resources_pb2.Retention, "RETENTION", retention)
    if kept == resources_pb2.RETENTION_NONE:
        first = {
            "request_id": key,
            "display_name": name_of(source) if display_name is None else display_name,
            "depth": depth,
            "language": language,
            "retention": kept,
            "time_to_live": duration(time_to_live),
            "fresh": fresh,
        }
        pieces = pieces_of(source, analysis_service_pb2.AnalyzeMediaRequest, content_type, **first)
        return ended((yield from followed(methods.ANALYZE_MEDIA, pieces, _steps(on_progress))))
    media = yield from upload(
        source, display_name=display_name, content_type=content_type, time_to_live=time_to_live, request_id=key
    )
    judged = analyze_stored(media, depth=depth, language=language, request_id=key, fresh=fresh, on_progress=on_progress)
    return (yield from judged)


def analyze_stored(
    media: str | resources_pb2.Media,
    *,
    depth: Depth | int = "standard",
    language: str = "",
    request_id: str | None = None,
    fresh: bool = False,
    on_progress: OnProgress | None = None,
) -> Flow[Analysis]:
    """Has a stored file judged and waits for the answer, as `analyze` does. Raises what `analyze` raises, and NotFound."""
    request = analysis_service_pb2.AnalyzeStoredMediaRequest(
        name=name_in(media),
        request_id=request_id or new_key(),
        depth=enum_value(media_pb2.Depth, "DEPTH", depth),
        language=language,
        fresh=fresh,
    )
    return ended((yield from followed(methods.ANALYZE_STORED_MEDIA, request, _steps(on_progress))))


def ended(analysis: Analysis | None) -> Analysis:
    """The analysis, when it has a verdict. Raises the error with which it ended."""
    if analysis is None:
        raise Internal("the server ended the call without an analysis; look into its logs")
    if analysis.state in _FAILED:
        raise from_status(analysis.error)
    return analysis


def get_analysis(name: str) -> Flow[Analysis]:
    """One analysis, "analyses/{id}", as it stands. Raises NotFound."""
    return (yield from repeated(methods.GET_ANALYSIS, analysis_service_pb2.GetAnalysisRequest(name=name)))


def list_analyses(
    *, query: str = "", labels: Sequence[str | int] = (), kinds: Sequence[str | int] = ()
) -> Stream[Analysis]:
    """Analyses of the token's owner, newest first.

    Args:
        query: a part of the file's name, or the beginning of its SHA-256; empty for all.
        labels: only those with one of these labels: "authentic", "suspicious", "manipulated", "inconclusive".
        kinds: only these kinds of media: "image", "video", "audio".
    """
    request = analysis_service_pb2.ListAnalysesRequest(
        page_size=PAGE_SIZE,
        query=query,
        labels=[enum_value(verdict_pb2.Label, "LABEL", each) for each in labels],
        kinds=[enum_value(media_pb2.MediaKind, "MEDIA_KIND", each) for each in kinds],
    )
    return (yield from paged(methods.LIST_ANALYSES, request, lambda page: page.analyses))


def delete_analysis(analysis: str | Analysis) -> Flow[analysis_service_pb2.DeleteAnalysisResponse]:
    """Deletes an analysis; its file stays. The answer has a signed receipt: keep it. Raises NotFound."""
    request = analysis_service_pb2.DeleteAnalysisRequest(name=name_in(analysis))
    return (yield from once(methods.DELETE_ANALYSIS, request))


def report(analysis: str | Analysis, format: ReportFormat | int = "json") -> Flow[bytes]:
    """The signed report of an analysis as a file: JSON to verify, a page (HTML), or PDF. Raises NotFound."""
    value = enum_value(analysis_service_pb2.ReportFormat, "REPORT_FORMAT", format)
    request = analysis_service_pb2.GetReportRequest(name=name_in(analysis), format=value)
    answer = yield from repeated(methods.GET_REPORT, request, REPORT_TIMEOUT_S)
    return bytes(answer.file.data)


def map(analysis: str | Analysis, cue: str) -> Flow[bytes]:
    """The map of one test as a PNG with transparency, to lay over the picture; `analysis.maps` lists them. Raises NotFound."""
    request = analysis_service_pb2.GetMapRequest(name=f"{name_in(analysis)}/maps/{cue}")
    answer = yield from repeated(methods.GET_MAP, request)
    return bytes(answer.file.data)


def _steps(on_progress: OnProgress | None) -> OnProgress | None:
    """Hides the last answer, which is the result, from who wants to see steps."""
    if on_progress is None:
        return None
    return lambda analysis: None if analysis.state in _ENDED else on_progress(analysis)
