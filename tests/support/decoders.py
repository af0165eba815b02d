"""Whether somebody still decodes for a service of a running stack."""

from __future__ import annotations

import select
import time
from collections.abc import Callable

from tests.support.descriptors import child_pids
from tests.support.stack import Stack

FREED_WITHIN_S = 1.0
"""Seconds after which nobody may work for a caller who went away."""


def decoders(stack: Stack, service: str) -> int:
    """How many children decode for a service: those of the process that it has for forking them."""
    [pid] = stack.service_pids(service)
    return sum(len(child_pids(zygote)) for zygote in child_pids(pid))


def becomes(holds: Callable[[], bool], within_s: float) -> bool:
    """Whether it comes to hold in that time; nobody tells when a process of others ends."""
    ends_at_s = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > ends_at_s:
            return False
        select.select([], [], [], 0.01)
    return True
