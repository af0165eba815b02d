"""One round: the set is read, judged and told of."""

from __future__ import annotations

from pathlib import Path

from kit.clock import Clock
from kit.errors import TelltaleError
from kit.log import get_logger
from monitoring.golden.measure import Ask, measure
from monitoring.golden.metrics import show
from promotion.golden import read_golden

_TOLD: int = 3


class GoldenJob:
    """Judges the golden set in a folder."""

    def __init__(self, folder: Path, ask: Ask, clock: Clock) -> None:
        self._folder = folder
        self._ask = ask
        self._clock = clock

    def judge(self) -> None:
        """A round. What goes wrong is logged, and the metrics stay as they are and grow old."""
        logger = get_logger()
        try:
            golden = read_golden(self._folder)
            found = measure(golden.items, self._ask)
        except TelltaleError as error:
            logger.warning("the golden set could not be judged", problem=error.message)
            return
        show(found, self._clock.now().timestamp())
        for medium, quality in found.items():
            logger.info(
                "golden set judged",
                medium=medium,
                sha256=golden.sha256,
                items=quality.items,
                auc=quality.auc,
                false_positive_rate=quality.false_positive_rate,
                calibration_error=quality.calibration_error,
                failures=len(quality.failures),
                first_failures=quality.failures[:_TOLD],
            )
