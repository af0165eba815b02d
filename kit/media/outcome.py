"""What became of a child, in the caller's terms."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Mapping

from kit.errors import (
    DecoderStopped,
    EmptyMedia,
    Internal,
    InvalidRequest,
    MediaTooLong,
    MediaTypeMismatch,
    PolyglotMedia,
    TelltaleError,
    TooManyPixels,
    UndecodableMedia,
    UnsupportedMediaKind,
    UnsupportedMediaType,
)
from kit.log import get_logger
from kit.media.exchange import Answer, Json

REPORTABLE: dict[str, type[TelltaleError]] = {
    error.reason_name(): error
    for error in (
        DecoderStopped,
        EmptyMedia,
        InvalidRequest,
        MediaTooLong,
        MediaTypeMismatch,
        PolyglotMedia,
        TooManyPixels,
        UndecodableMedia,
        UnsupportedMediaKind,
        UnsupportedMediaType,
    )
}
"""What a task may say of its medium, by reason. Anything else in an answer is not its business, and not believed."""

# A status travels in a header, which clients take up to 8 KiB.
_MAX_MESSAGE_CHARACTERS = 1_000
_MAX_DETAIL_CHARACTERS = 200
_MAX_TRACE_CHARACTERS = 8_000
_MAX_DETAILS = 8

_SIGNALS: dict[int, tuple[str, str]] = {
    signal.SIGXCPU: ("cpu_time", "took too much processor time"),
    signal.SIGSYS: ("system_call", "made a forbidden system call"),
    signal.SIGKILL: ("memory", "was killed by the system, most likely for its memory"),
    signal.SIGSEGV: ("crash", "crashed"),
    signal.SIGBUS: ("crash", "crashed"),
    signal.SIGABRT: ("crash", "crashed"),
}


def values_of(answer: Answer) -> Mapping[str, Json]:
    """The task's values. Raises the error that the task raised, or Internal for its faults."""
    match answer.header:
        case {"values": dict(values)}:
            return values
        case {"error": {"reason": str(reason), "message": str(message), "details": dict(details)}}:
            error = REPORTABLE.get(reason, DecoderStopped)(_writable(message, _MAX_MESSAGE_CHARACTERS))
            some = itertools.islice(details.items(), _MAX_DETAILS)
            kept = _MAX_DETAIL_CHARACTERS
            error.details = {_writable(name, kept): _writable(str(value), kept) for name, value in some}
            raise error
        case {"fault": str(trace)}:
            get_logger().error("decoder task failed", trace=_writable(trace, _MAX_TRACE_CHARACTERS))
            raise Internal("Decoding failed through a fault of ours. The log holds the details under the request id.")
    raise DecoderStopped(
        "The decoder's answer has no known form. The file looks made to attack decoders.", limit="answer"
    )


def _writable(text: str, most: int) -> str:
    """Text that a status or a log can hold: a decoder that was taken over may write without end, or half characters."""
    return text[:most].encode("utf-8", "replace").decode()


def stopped(exit_code: int) -> DecoderStopped:
    """The error for a child that ended without an answer; `exit_code` is negative for a signal, as in subprocess."""
    limit, what = _SIGNALS.get(-exit_code, ("crash", f"ended without an answer (exit code {exit_code})"))
    return DecoderStopped(
        f"The decoder {what} and was stopped. The file is damaged or made to attack decoders.", limit=limit
    )


def timed_out(wall_s: float) -> DecoderStopped:
    """The error for a child that used up its wall-clock time."""
    return DecoderStopped(
        f"Decoding took longer than {wall_s:g} s and was stopped. Send a smaller or less complex file.",
        limit="wall_clock",
    )
