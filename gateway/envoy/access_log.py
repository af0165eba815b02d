"""Envoy's access log: one JSON line a request, without what must not be written down.

Neither query strings nor headers that hold secrets are in it: what is not written cannot leak. The secret of a link is a part of
the path, so of paths that look as if they held one nothing is written but that.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_SHARED = "/shared/"
_HIDDEN = "/v1/shared/*"
# The transcoder rewrites the path of REST calls that it understands, and leaves the original one behind.
_PATHS = (":path", "x-envoy-original-path")
_FIELDS = {
    "time": "%START_TIME%",
    "service": "edge",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "trace_id": "%TRACE_ID%",
    "method": "%REQ(X-ENVOY-ORIGINAL-METHOD?:METHOD)%",
    "protocol": "%PROTOCOL%",
    "status": "%RESPONSE_CODE%",
    "grpc_status": "%GRPC_STATUS%",
    "flags": "%RESPONSE_FLAGS%",
    "cause": "%RESPONSE_CODE_DETAILS%",
    "received_bytes": "%BYTES_RECEIVED%",
    "sent_bytes": "%BYTES_SENT%",
    "duration_ms": "%DURATION%",
    "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
}


def access_log(file: str) -> list[Json]:
    """Envoy's `access_log`: of every request one of the two writes a line into `file`, of health probes none."""
    # Probes come every few seconds and tell nothing.
    no_probe = _header(":path", {"prefix": "/grpc.health."}, invert=True)
    no_secret = [_header(name, _shared(), invert=True) for name in _PATHS]
    secret = [_header(name, _shared()) for name in _PATHS]
    return [
        _written(file, "%PATH(NQ:ORIG_OR_PATH)%", {"and_filter": {"filters": [no_probe, *no_secret]}}),
        _written(file, _HIDDEN, {"or_filter": {"filters": secret}}),
    ]


def _written(file: str, path: str, when: Json) -> Json:
    kind = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog"
    fields = {"@type": kind, "path": file, "log_format": {"json_format": _FIELDS | {"path": path}}}
    return {"name": "envoy.access_loggers.file", "filter": when, "typed_config": fields}


def _shared() -> Json:
    return {"contains": _SHARED, "ignore_case": True}


def _header(name: str, match: Json, *, invert: bool = False) -> Json:
    matcher = {"name": name, "string_match": match, "invert_match": invert, "treat_missing_header_as_empty": True}
    return {"header_filter": {"header": matcher}}
