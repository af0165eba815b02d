"""Structured logs: one JSON object a line on standard error, with the request id and the trace id of the call that caused it."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import Final, cast

import structlog

from kit.telemetry import tracing


@dataclass
class _Process:
    service: str = ""


_PROCESS: Final = _Process()


def service_name() -> str:
    """What this process is called, as in "image-svc"; empty before `configure`."""
    return _PROCESS.service.replace("_", "-")


def configure(service: str, level: str) -> None:
    """Sets the process's name, as in "image_svc", and its logging. Called once, by the composition root."""
    _PROCESS.service = service
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _named(service),
            _traced,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def _named(service: str) -> structlog.typing.Processor:
    # A context variable would be lost in the server's worker threads.
    def add_service(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["service"] = service
        return event

    return add_service


def _traced(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if found := tracing.trace_id():
        event["trace_id"] = found
    return event


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """The logger; values are given by keyword, the event is a short lower-case sentence."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger())
