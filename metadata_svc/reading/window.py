"""A file read by offset: containers are walked without their media ever being copied."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Self

MAX_READ_BYTES = 32 << 20
"""Most bytes that one reading may ask for; what lies behind them stays unread."""
MAX_READS = 50_000
"""Most times that one reading may ask: a file of nothing but tiny parts ends it before its time is up."""
_SCAN_BYTES = 1 << 20


class Window:
    """Read-only view of a file. Reading outside of it gives fewer bytes, never an error."""

    def __init__(self, size_bytes: int, read_at: Callable[[int, int], bytes]) -> None:
        self.size_bytes = size_bytes
        self._read_at = read_at
        self._left_bytes = MAX_READ_BYTES
        self._left_reads = MAX_READS

    @classmethod
    def of_bytes(cls, data: bytes) -> Self:
        """A view of bytes in memory."""
        return cls(len(data), lambda offset, size: data[offset : offset + size])

    @classmethod
    def of_descriptor(cls, fd: int) -> Self:
        """A view of an open file, wherever its own offset stands."""
        return cls(os.fstat(fd).st_size, lambda offset, size: os.pread(fd, size, offset))

    def read(self, offset: int, size_bytes: int) -> bytes:
        """At most `size_bytes` from `offset` on: fewer at the end of the file, none once the reading has had its share."""
        size = min(size_bytes, self.size_bytes - offset, self._left_bytes)
        if offset < 0 or size <= 0 or not self._left_reads:
            return b""
        self._left_bytes -= size
        self._left_reads -= 1
        return self._read_at(offset, size)

    def find(self, needle: bytes, start: int = 0) -> int:
        """Where `needle` begins at or after `start`; -1 if nowhere. Looks through the whole file, a piece at a time."""
        overlap = len(needle) - 1
        for offset in range(start, self.size_bytes, _SCAN_BYTES):
            at = self._read_at(offset, _SCAN_BYTES + overlap).find(needle)
            if at >= 0:
                return offset + at
        return -1


def number(raw: bytes) -> int:
    """An unsigned number, the highest byte first; 0 of no bytes."""
    return int.from_bytes(raw, "big")
