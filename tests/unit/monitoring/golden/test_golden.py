from __future__ import annotations

import math
import re
from pathlib import Path

from structlog.testing import capture_logs

from kit.telemetry import exposition
from monitoring.golden.job import GoldenJob
from monitoring.golden.measure import measure
from promotion.golden import Item
from promotion.measurements import Reading
from telltale_client import Unavailable
from tests.support.clock import FakeClock
from tests.support.promotion import golden_folder


def item(name: str, *, fake: bool, kind: str = "image") -> Item:
    return Item(Path(name), fake, kind, "here")


def says(ratios: dict[str, float | None]) -> dict[str, Reading]:
    return {name: Reading(ratio, (ratio or 0) > 3, 0.0) for name, ratio in ratios.items()}


ITEMS = [item("r1", fake=False), item("r2", fake=False), item("f1", fake=True), item("f2", fake=True)]


def test_quality_is_measured_by_medium() -> None:
    answers = says({"r1": -2.0, "r2": 4.0, "f1": 5.0, "f2": None, "v": 1.0})
    found = measure([*ITEMS, item("v", fake=True, kind="video")], lambda own: answers[own.path.name])
    assert set(found) == {"photo", "video"}
    photos = found["photo"]
    assert (photos.items, photos.auc, photos.false_positive_rate) == (4, 0.75, 0.5)
    assert 0 < photos.calibration_error < 1
    assert math.isnan(found["video"].auc)
    assert math.isnan(found["video"].false_positive_rate)


def test_what_cannot_be_judged_is_counted_and_named() -> None:
    def ask(own: Item) -> Reading:
        if own.path.name == "f2":
            raise Unavailable("the stack is away")
        return Reading(5.0 if own.fake else -5.0, own.fake, 0.0)

    found = measure(ITEMS, ask)["photo"]
    assert (found.items, found.auc) == (3, 1.0)
    [failure] = found.failures
    assert failure.startswith("f2: ")
    assert "the stack is away" in failure


def exported(name: str) -> str | None:
    found = re.search(rf'^telltale_golden_{name}\{{medium="photo"\}} (\S+)$', exposition(), re.MULTILINE)
    return found[1] if found else None


def test_a_round_is_exported_and_one_that_fails_leaves_it_to_grow_old(tmp_path: Path) -> None:
    folder, clock = golden_folder(tmp_path / "golden"), FakeClock()
    GoldenJob(folder, lambda own: Reading(5.0 if own.fake else -5.0, own.fake, 0.0), clock).judge()
    first_s = clock.now().timestamp()
    assert (exported("auc"), exported("false_positive_rate")) == ("1.0", "0.0")

    def away(own: Item) -> Reading:
        raise Unavailable("the stack is away")

    clock.advance(3600)
    GoldenJob(folder, away, clock).judge()
    assert (exported("auc"), exported("failures")) == ("1.0", "10.0")
    assert float(exported("last_run_timestamp_seconds") or 0) == first_s


def test_a_set_that_is_wrong_is_logged(tmp_path: Path) -> None:
    with capture_logs() as told:
        GoldenJob(tmp_path, lambda own: Reading(0.0, False, 0.0), FakeClock()).judge()
    assert "golden.csv" in told[0]["problem"]
