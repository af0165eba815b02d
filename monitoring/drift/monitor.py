"""Looks at the newest predictions, and tells by metrics and log what moved."""

from __future__ import annotations

from collections.abc import Sequence

from kit.clock import Clock
from kit.errors import StorageUnavailable
from kit.log import get_logger
from monitoring.drift.compare import Moved, Report, compare
from monitoring.drift.log import Log
from monitoring.drift.metrics import Board
from monitoring.drift.reference import References


class Monitor:
    """Remembers what had moved, so that a sentence is logged when something begins to, and when it has ended."""

    def __init__(self, log: Log, references: References, board: Board, clock: Clock) -> None:
        self._log = log
        self._references = references
        self._board = board
        self._clock = clock
        self._moved: set[tuple[str, str]] = set()

    def look(self) -> None:
        """One look. While the log cannot be read, the metrics stay as they are and grow old."""
        try:
            look = self._log.look()
        except StorageUnavailable as error:
            get_logger().warning("the prediction log is away", problem=error.message)
            return
        media = self._references.media
        reports = [compare(medium, media.get(medium), window) for medium, window in look.windows.items()]
        self._board.show(reports, look.foreign, self._clock.now().timestamp())
        self._tell(reports)

    def _tell(self, reports: Sequence[Report]) -> None:
        logger = get_logger()
        for report in reports:
            logger.info(
                "compared",
                medium=report.medium,
                predictions=report.predictions,
                moved=[own.what for own in report.moved],
                remark=report.remark,
            )
        moved = {(report.medium, own.what): own for report in reports for own in report.moved}
        for (medium, what), own in moved.items():
            if (medium, what) not in self._moved:
                _warn(medium, own)
        for medium, what in sorted(self._moved - moved.keys()):
            logger.info("no longer moved", medium=medium, what=what)
        self._moved = set(moved)


def _warn(medium: str, own: Moved) -> None:
    assert own.words is not None
    get_logger().warning("moved", medium=medium, what=own.what, words=own.words.sentence, to_do=own.words.advice)
