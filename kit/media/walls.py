"""What the zygote does once before it forks: load the decoders, shut the doors, and try whether they are shut."""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypedDict

from kit.media.child import ChildPlan
from kit.media.confinement import ChildLimits, address_space_bytes, enter_landlock


class Plan(TypedDict):
    """What the sandbox tells its zygote: limits of a child, and what to load.

    That is a module, "module:function" to call one of its functions as well, or "module:function=text" to call it with a text.
    """

    limits: Mapping[str, Any]
    preload: Sequence[str]


class Walls(TypedDict):
    """What the zygote found out: protections that do not hold here ("landlock", "seccomp")."""

    missing: list[str]


def raise_walls(plan: Plan) -> tuple[ChildPlan, Walls]:
    """Load, confine this process, and test the confinement. A preload that fails raises its own error."""
    for name in plan["preload"]:
        _preload(name)
        _refuse_threads(name)
    load_filter, missing = _filter()
    loaded_bytes = address_space_bytes()
    enter_landlock()
    if not _landlock_holds():
        missing.append("landlock")
    gc.freeze()  # children then leave the loaded pages shared
    return ChildPlan(ChildLimits(**plan["limits"]), loaded_bytes, load_filter), Walls(missing=missing)


def _preload(name: str) -> None:
    module_name, _, call = name.partition(":")
    function_name, has_argument, argument = call.partition("=")
    module = importlib.import_module(module_name)
    if function_name:
        getattr(module, function_name)(*([argument] if has_argument else []))


def _refuse_threads(preload: str) -> None:
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    if threads != 1:  # a child forked beside a thread may inherit locks that nobody will ever release
        raise RuntimeError(f"{preload} leaves {threads - 1} threads behind; a process with threads must not fork")


def _filter() -> tuple[Callable[[], None], list[str]]:
    try:
        from kit.media import seccomp  # importing it needs libseccomp, which may be missing
    except (ImportError, RuntimeError):
        return _no_filter, ["seccomp"]
    load_filter = seccomp.build().load
    return (load_filter, []) if _filter_holds(load_filter) else (_no_filter, ["seccomp"])


def _no_filter() -> None:
    return None


def _filter_holds(load_filter: Callable[[], None]) -> bool:
    pid = os.fork()
    if pid == 0:
        _try_filter(load_filter)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _try_filter(load_filter: Callable[[], None]) -> NoReturn:
    try:
        load_filter()
        os.memfd_create("probe")
    except PermissionError:
        os._exit(0)
    finally:
        os._exit(1)


def _landlock_holds() -> bool:
    try:
        os.close(os.open("/proc/self/status", os.O_RDONLY))
    except PermissionError:
        return True
    return False
