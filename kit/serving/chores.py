"""What is done beside the calls, one thing after the other: loading and freeing models."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kit.process import give_freed_memory_back

Result = TypeVar("Result")


class Chores:
    """One thread. Close it when the service ends."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="models")

    def do(self, work: Callable[[], Result]) -> Result:
        """Waits for its turn, then until the work is done. Raises what the work raises."""
        return self._thread.submit(work).result()

    def free(self, close: Callable[[], None]) -> None:
        """Has something closed, and its memory given back to the system, soon."""
        self._thread.submit(_free, close)

    def tidy(self) -> None:
        """Has the memory given back that is free, soon."""
        self._thread.submit(give_freed_memory_back)

    def close(self) -> None:
        """Ends when all is done."""
        self._thread.shutdown()


def _free(close: Callable[[], None]) -> None:
    # No collection of cycles: a bundle has none, and looking for them would stop every call meanwhile.
    close()
    give_freed_memory_back()
