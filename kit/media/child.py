"""One decode in one process: confine itself, run the task, leave the answer in the exchange file, exit."""

from __future__ import annotations

import fcntl
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from kit.errors import DecoderStopped, TelltaleError
from kit.media.confinement import ChildLimits, die_with_parent, set_resource_limits
from kit.media.exchange import Array, Json, read_request, write_answer

MEDIA_DESCRIPTOR = 3
EXCHANGE_DESCRIPTOR = 4
_MAX_FAULT_CHARACTERS = 8_000
_MAX_ERROR_BYTES = 2**16

Task: TypeAlias = "Callable[[int, Mapping[str, Json]], tuple[Mapping[str, Json], Mapping[str, Array]]]"


@dataclass(frozen=True)
class ChildPlan:
    """What every child of one zygote has in common.

    Attributes:
        limits: its resources.
        loaded_bytes: address space of the zygote when it was ready.
        load_filter: enters seccomp; does nothing where there is none.
    """

    limits: ChildLimits
    loaded_bytes: int
    load_filter: Callable[[], None]


def run_child(plan: ChildPlan, parent_pid: int, media: int, exchange: int) -> NoReturn:
    """Called right after the fork; never returns. Exit code 0 means that an answer was written."""
    code = 1
    try:
        die_with_parent(parent_pid)
        _keep_only(media, exchange)
        _answer(plan)
        code = 0
    finally:
        os._exit(code)


def _answer(plan: ChildPlan) -> None:
    try:
        request = read_request(EXCHANGE_DESCRIPTOR)
        task = _loaded_task(request.task)
        _confine(plan)
        values, arrays = task(MEDIA_DESCRIPTOR, request.arguments)
        write_answer(EXCHANGE_DESCRIPTOR, {"values": values}, arrays, plan.limits.max_result_bytes)
    except TelltaleError as error:
        _answer_instead({"error": _described(error)})
    except MemoryError:
        _answer_instead({"error": _described(_out_of_memory())})
    except Exception:  # the process supervisor: a fault of a decoder must reach the parent's log, whatever it is
        _answer_instead({"fault": traceback.format_exc()[-_MAX_FAULT_CHARACTERS:]})


def _confine(plan: ChildPlan) -> None:
    set_resource_limits(plan.limits, plan.loaded_bytes)
    plan.load_filter()


def _answer_instead(header: Mapping[str, Json]) -> None:
    os.ftruncate(EXCHANGE_DESCRIPTOR, 0)
    write_answer(EXCHANGE_DESCRIPTOR, header, {}, max_bytes=_MAX_ERROR_BYTES)


def _described(error: TelltaleError) -> Mapping[str, Json]:
    return {"reason": error.reason_name(), "message": error.message, "details": error.details}


def _out_of_memory() -> DecoderStopped:
    return DecoderStopped(
        "Decoding the file takes more memory than is allowed. Send a smaller picture or a shorter file.", limit="memory"
    )


def _keep_only(media: int, exchange: int) -> None:
    # The zygote's sockets must not be within reach of a decoder, nor its standard error: 0 is /dev/null there.
    os.dup2(0, 2)
    spare_media, spare_exchange = (fcntl.fcntl(descriptor, fcntl.F_DUPFD, 5) for descriptor in (media, exchange))
    os.dup2(spare_media, MEDIA_DESCRIPTOR)
    os.dup2(spare_exchange, EXCHANGE_DESCRIPTOR)
    os.closerange(EXCHANGE_DESCRIPTOR + 1, os.sysconf("SC_OPEN_MAX"))


def _loaded_task(name: str) -> Task:
    module_name, _, function_name = name.partition(":")
    if module_name not in sys.modules:
        raise LookupError(f"{module_name} is not among the modules that the sandbox preloads")
    task: Task = getattr(sys.modules[module_name], function_name)
    return task
