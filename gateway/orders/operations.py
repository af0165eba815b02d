"""Analyses as long-running operations (AIP-151)."""

from __future__ import annotations

import re

from google.longrunning import operations_pb2

from gateway.ids import id_in, operation_name
from gateway.orders.bulletin import has_ended
from kit.errors import InvalidRequest, NotFound
from telltale.gateway.v1 import resources_pb2

_NAME = re.compile(r"operations/([a-z0-9]{26})")
_FILTERS = {"": None, "done=true": True, "done=false": False}


def operation_of(analysis: resources_pb2.Analysis) -> operations_pb2.Operation:
    """The operation that makes an analysis, as it stands."""
    operation = operations_pb2.Operation(name=operation_name(id_in(analysis.name)), done=has_ended(analysis))
    operation.metadata.Pack(_metadata(analysis))
    if analysis.HasField("error"):
        operation.error.CopyFrom(analysis.error)
    elif operation.done:
        operation.response.Pack(analysis)
    return operation


def analysis_id_in(name: str) -> str:
    """The id of the analysis that an operation makes. Raises NotFound for a name that none of our operations can have."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFound(f"there is no operation {name[:80]!r}; the names of operations are operations/{{id}}")
    return found[1]


def wanted_done(text: str) -> bool | None:
    """What a filter of operations asks for: those that are done, those that are not, or all. Raises InvalidRequest."""
    folded = re.sub(r"\s", "", text).lower()
    if folded not in _FILTERS:
        raise InvalidRequest("operations can be filtered by 'done = true' or 'done = false', and by nothing else")
    return _FILTERS[folded]


def _metadata(analysis: resources_pb2.Analysis) -> resources_pb2.AnalysisOperation:
    metadata = resources_pb2.AnalysisOperation(
        analysis=analysis.name,
        media=analysis.media,
        state=analysis.state,
        progress=analysis.progress,
        create_time=analysis.create_time,
        priority=analysis.priority,
        request_id=analysis.request_id,
        display_name=analysis.display_name,
    )
    if analysis.HasField("deadline"):
        metadata.deadline.CopyFrom(analysis.deadline)
    return metadata
