"""From a golden set to how good verdicts are: each file is judged by the stack as it runs, and nothing of it is kept there.

Files that are not kept (RETENTION_NONE) are in no prediction log either, so drift does not see the golden set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from promotion.golden import Item
from promotion.judging.judge import checked, reading_of
from promotion.measurements import Reading
from promotion.statistics import auc, expected_calibration_error
from telltale.gateway.v1 import resources_pb2
from telltale_client import Client, TelltaleError

Ask = Callable[[Item], Reading]
"""The verdict on a file. Raises telltale_client.TelltaleError."""

_MEDIA: Final = {"image": "photo", "video": "video", "audio": "recording"}


@dataclass(frozen=True)
class Quality:
    """How good the verdicts about one medium are. Where there is no opinion, the ratio is 0 and nothing is accused.

    Attributes:
        items: files that were judged.
        failures: one sentence about each that could not be.
        auc: chance that a fake scores above a real one, [0, 1]; nan without both.
        false_positive_rate: share of real ones labelled MANIPULATED, [0, 1]; nan without any.
        calibration_error: mean gap between probability and share of fakes over ten bins, [0, 1]; nan without items.
    """

    items: int
    failures: Sequence[str]
    auc: float
    false_positive_rate: float
    calibration_error: float


def by_gateway(client: Client) -> Ask:
    """Asks a gateway by a client."""

    def ask(item: Item) -> Reading:
        analysis: resources_pb2.Analysis = client.analyze(item.path, retention="none", display_name="")
        return checked(reading_of(analysis.verdict))

    return ask


def measure(items: Sequence[Item], ask: Ask) -> Mapping[str, Quality]:
    """The quality by medium: "photo", "video", "recording"."""
    kinds = [kind for kind in _MEDIA if any(item.kind == kind for item in items)]
    return {_MEDIA[kind]: _quality([item for item in items if item.kind == kind], ask) for kind in kinds}


def _quality(items: Sequence[Item], ask: Ask) -> Quality:
    judged: list[tuple[Item, Reading]] = []
    failures: list[str] = []
    for item in items:
        try:
            judged.append((item, ask(item)))
        except (TelltaleError, OSError) as error:
            failures.append(f"{item.path.name}: {error}")
    fake = np.array([item.fake for item, _ in judged], np.bool_)
    ratios = np.array([reading.llr or 0.0 for _, reading in judged], np.float64)
    accused = np.array([reading.alarm for _, reading in judged], np.bool_)
    return Quality(
        items=len(judged),
        failures=failures,
        auc=auc(fake, ratios),
        false_positive_rate=float(accused[~fake].mean()) if (~fake).any() else float("nan"),
        calibration_error=expected_calibration_error(fake, ratios) if judged else float("nan"),
    )
