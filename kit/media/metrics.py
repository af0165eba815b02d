"""What the sandbox counts, in the process that owns it: its children and its zygote have neither a port nor a network."""

from __future__ import annotations

from typing import Final

from kit.errors import Cancelled, DeadlineExceeded, DecoderStopped, Internal, TelltaleError
from kit.media.outcome import REPORTABLE
from kit.telemetry import Counter, Reading

ENDED: Final = Counter(
    "telltale_sandbox_ended",
    "Children that ended: done, refused (the file), wall_clock, cpu, memory, crashed, cancelled.",
    "how",
)
DECODE_FAILURES: Final = Counter(
    "telltale_decode_failures", "Files, or stretches of them, that could not be decoded.", "reason"
)
CHILDREN: Final = Reading("telltale_sandbox_children", "Children at work.")
DEGRADED: Final = Reading("telltale_sandbox_degraded", "1 where walls of the sandbox do not hold on this machine.")

_HOW = {"wall_clock": "wall_clock", "cpu_time": "cpu", "memory": "memory"}
"""By the limit that a child broke; all others are crashes."""


def count_done() -> None:
    """A child has given its answer."""
    ENDED.add(how="done")


def count_failed(error: TelltaleError) -> None:
    """A child has ended with an error."""
    ENDED.add(how=_how(error))
    if isinstance(error, (Internal, *REPORTABLE.values())):
        DECODE_FAILURES.add(reason=error.reason_name())


def _how(error: TelltaleError) -> str:
    if isinstance(error, DeadlineExceeded):
        return "wall_clock"
    if isinstance(error, Cancelled):
        return "cancelled"
    if isinstance(error, DecoderStopped):
        return _HOW.get(error.details.get("limit", ""), "crashed")
    return "crashed" if isinstance(error, Internal) else "refused"
