"""Does something to calls of the real image_svc, and writes down that it did."""

from __future__ import annotations

import itertools
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from image_svc import service
from kit.log import get_logger

INJECTED = "injected"
"""The event in the log of each call that something was done to."""
_REAL = Path(service.__file__).with_name("__main__.py")


def run_with(harm: Callable[[], None], every: int) -> None:
    """The real service; every so-many-th call is harmed first, beginning with the first one."""
    analyze, numbers = service.ImageServicer.AnalyzeImage, itertools.count()

    def harmed(self: service.ImageServicer, request_iterator: Iterator[Any], context: Any) -> Iterator[Any]:
        if next(numbers) % every == 0:
            get_logger().info(INJECTED)
            harm()
        yield from analyze(self, request_iterator, context)

    service.ImageServicer.AnalyzeImage = harmed  # type: ignore[method-assign]
    runpy.run_path(str(_REAL), run_name="__main__")
