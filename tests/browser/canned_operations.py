"""Work on the server as long-running operations."""

from __future__ import annotations

import base64
import json
from typing import Any

from google.longrunning import operations_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import status_pb2

from gateway.orders.operations import operation_of
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2
from tests.browser import canned, canned_pages
from tests.browser.web_server import Answer, Web

OPERATION = canned.NAME.replace("analyses", "operations")
ANALYZE = ("POST", "/v1/media:analyze")
GET = ("GET", f"/v1/{canned.NAME}")
LIST = ("GET", "/v1/operations")
WATCH = ("GET", f"/v1/{OPERATION}:watch")
CANCEL = ("POST", f"/v1/{OPERATION}:cancel")


def operation(analysis: resources_pb2.Analysis) -> bytes:
    """The operation that makes an analysis, one line of JSON."""
    return canned.to_json(operation_of(analysis))


def finished() -> resources_pb2.Analysis:
    """An analysis with its verdict."""
    return canned.analysis(verdict_pb2.LABEL_AUTHENTIC)


def ended(state: resources_pb2.AnalysisState.ValueType, why: status_pb2.Status) -> resources_pb2.Analysis:
    """An analysis that ended without a verdict."""
    made = canned.queued()
    made.state = state
    made.error.CopyFrom(why)
    return made


def cancelled() -> resources_pb2.Analysis:
    """An analysis that its owner ended."""
    why = canned.status("CANCELLED", "The analysis was cancelled.", code=1)
    return ended(resources_pb2.ANALYSIS_STATE_CANCELLED, why)


def failed() -> resources_pb2.Analysis:
    """An analysis that no detector could make."""
    why = canned.status("DEADLINE_EXCEEDED", "The answer was not there within ten minutes.", code=4)
    return ended(resources_pb2.ANALYSIS_STATE_FAILED, why)


def finds_by_request_id(web: Web, analysis: resources_pb2.Analysis) -> None:
    """Makes the server list the operation under the request id of the first upload."""
    named = resources_pb2.Analysis()
    named.CopyFrom(analysis)
    named.request_id = web.uploads()[0].query["request_id"]
    found = operations_pb2.ListOperationsResponse(operations=[operation_of(named)])
    web.answers[LIST] = Answer([canned.to_json(found)])


def unkept() -> bytes:
    """An answer of which nothing was kept: no name, no media, and the values of a map in the evidence."""
    made = canned.analysis(verdict_pb2.LABEL_MANIPULATED)
    made.ClearField("name")
    made.ClearField("maps")
    made.retention = resources_pb2.RETENTION_NONE
    answer: dict[str, Any] = json.loads(canned.to_json(made))
    width, height = 8, 6
    values = bytes(255 if (row, column) == (2, 3) else 0 for row in range(height) for column in range(width))
    encoded = base64.b64encode(values).decode()
    answer["evidence"][0]["finding"]["map"] = {"width": width, "height": height, "values": encoded}
    return json.dumps(answer).encode() + b"\n"


def media(scan: resources_pb2.ScanState.ValueType) -> bytes:
    """The file of `canned_pages.stored()`, to be deleted in a day."""
    expire_time = Timestamp(seconds=canned_pages.NOW_S + 86_400)
    return canned.to_json(resources_pb2.Media(name=canned_pages.MEDIA, expire_time=expire_time, scan=scan))
