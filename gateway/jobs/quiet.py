"""What DBOS has to say goes into our log, and only what somebody should read."""

from __future__ import annotations

import logging

from kit.log import get_logger

_NAME = "dbos"
# Cancelled work is nothing to worry about, and DBOS says it with a traceback each time.
_EXPECTED = ("Asyncio task cancelled", "was cancelled during execution", "no longer owned by this execution")


class _IntoOurLog(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        # Its first line says what; below it are tracebacks and hints.
        said = record.getMessage().split("\n", 1)[0]
        if not any(words in said for words in _EXPECTED):
            get_logger().log(record.levelno, "the job engine says", said=said, exc_info=record.exc_info or None)


def hush() -> None:
    """Before DBOS is set up: it writes to the console when nobody else listens to its logger."""
    logger = logging.getLogger(_NAME)
    logger.handlers = [_IntoOurLog()]
    logger.propagate = False
    logger.setLevel(logging.WARNING)
