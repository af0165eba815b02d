"""Who looks at uploads for malware, and what to do when nobody can."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from gateway.metrics import SCANS
from gateway.uninterrupted import side_by_side
from kit.errors import MediaTooLarge, ScannerUnavailable, TelltaleError
from kit.log import get_logger
from kit.media.file import MediaFile
from telltale.gateway.v1 import resources_pb2

ScanState: TypeAlias = "resources_pb2.ScanState.ValueType"
CLEAN, UNSCANNED = resources_pb2.SCAN_STATE_CLEAN, resources_pb2.SCAN_STATE_UNSCANNED


class Scanner(Protocol):
    """Looks at a whole file."""

    async def scan(self, media: MediaFile) -> ScanState:
        """CLEAN when it looked and knew nothing against the file, UNSCANNED when it did not look.

        Raises:
            MediaInfected: it knows the file for harmful.
            MediaTooLarge: the file is longer than what it looks at.
            ScannerUnavailable: it does not answer.
        """
        ...


class NoScanner:
    """Nobody looks."""

    async def scan(self, _: MediaFile) -> ScanState:
        """UNSCANNED."""
        return UNSCANNED


class Forgiving:
    """A scanner without which uploads are taken all the same, as UNSCANNED."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    async def scan(self, media: MediaFile) -> ScanState:
        """What the scanner says; UNSCANNED when it cannot look. Raises MediaInfected."""
        try:
            return await self._scanner.scan(media)
        except (MediaTooLarge, ScannerUnavailable) as error:
            get_logger().warning("an upload is taken unscanned", reason=error.reason_name(), problem=error.message)
            return UNSCANNED


class Counted:
    """A scanner of which is counted what it says."""

    def __init__(self, name: str, scanner: Scanner) -> None:
        self._name = name
        self._scanner = scanner

    async def scan(self, media: MediaFile) -> ScanState:
        """What the scanner says. Raises what it raises."""
        try:
            state = await self._scanner.scan(media)
        except TelltaleError as error:
            SCANS.add(scanner=self._name, result=error.reason_name())
            raise
        SCANS.add(scanner=self._name, result=resources_pb2.ScanState.Name(state).removeprefix("SCAN_STATE_"))
        return state


class Both:
    """Two scanners side by side: one that knows the file for harmful is enough to refuse it, one that looked makes it CLEAN."""

    def __init__(self, first: Scanner, second: Scanner) -> None:
        self._first = first
        self._second = second

    async def scan(self, media: MediaFile) -> ScanState:
        """CLEAN or UNSCANNED. Raises what either of them raises."""
        states = await side_by_side(self._first.scan(media), self._second.scan(media))
        return CLEAN if CLEAN in states else UNSCANNED
