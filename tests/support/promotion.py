"""Golden sets, candidates and measurements for tests of promotion."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from kit.models.card import LoadedModel, describe_artefact, load_model, write_card
from promotion.gates.case import Case
from promotion.golden import Item
from promotion.judging.wire import Opinion, Order, Ready
from promotion.measurements import Measurements, Reading, Side
from promotion.policy import Policy, read_policy
from promotion.process import Judging, JudgingFailed
from promotion.statistics import Floats
from telltale.model.v1 import card_pb2
from tests.support.metadata_files import CANON, jpeg

ROOT = Path(__file__).parents[2]
ANOMALY = "exif_anomaly"
_TAKEN, _LATER, _DAY_AFTER = "2020:05:09 10:00:00", "2020:05:09 10:00:01", "2020:05:10 10:00:00"
_REAL = {**CANON, "DateTimeOriginal": _TAKEN, "DateTimeDigitized": _TAKEN, "DateTime": _TAKEN}
_ODD = {**_REAL, "DateTime": _DAY_AFTER}
_APART = {**_REAL, "DateTimeDigitized": _LATER}


def golden_folder(folder: Path, items: int = 5) -> Path:
    """So many JPEGs as a camera writes them, the last one saved later, and so many whose dates were changed, in the last one
    removed."""
    folder.mkdir(parents=True)
    real, fake = [_REAL] * (items - 1) + [_ODD], [_APART] * (items - 1) + [CANON]
    with (folder / "golden.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", "label", "kind", "source"))
        for number, tags in enumerate(real + fake):
            (folder / f"{number}.jpg").write_bytes(jpeg(tags, size=(32 + number, 32)))
            table.writerow((f"{number}.jpg", "real" if number < items else "fake", "image", f"camera {number % 2}"))
    return folder


def anomaly_model(root: Path, version: str, *, blind: bool = False) -> Path:
    """The shipped test of EXIF with other weights: it sees changed dates and missing ones, and is not sure of what was saved
    later. A `blind` one is not sure of missing ones either: of five files of each label, one pair of 25 tied is 2 % of AUC.
    """
    shipped, folder = ROOT / "models" / ANOMALY / "1.0.0", root / ANOMALY / version
    folder.mkdir(parents=True)
    shutil.copy(shipped / "CARD.md", folder)
    parameters = json.loads((shipped / f"{ANOMALY}.json").read_text(encoding="utf-8"))
    seen = {"dates_apart": 6.0, "saved_later": 3.0, "dates_missing": 3.0 if blind else 6.0}
    weights = dict.fromkeys(parameters["weights"], 0.0) | seen
    file = folder / f"{ANOMALY}.json"
    file.write_text(json.dumps({"base": -3.0, "weights": weights, "least": -3.0, "most": 3.0}), encoding="utf-8")
    card = load_model(shipped).card
    card.version = version
    card.artefacts[0].CopyFrom(describe_artefact(file, card_pb2.ARTEFACT_FORMAT_JSON))
    write_card(card, folder)
    return folder


def items(real: int, fake: int, sources: Sequence[str] = ("a",)) -> list[Item]:
    """Items that are nowhere on the disk, those of each label spread over the sources."""
    labels = [False] * real + [True] * fake
    return [Item(Path(f"{n}.jpg"), label, "image", sources[n % len(sources)]) for n, label in enumerate(labels)]


def side(ratios: Sequence[float | None], *, threshold: float = 2.0, cpu_s: float = 0.1, rss_bytes: int = 2**28) -> Side:
    """A side that said this, and accuses from the threshold on."""
    readings = [Reading(ratio, ratio is not None and ratio >= threshold, cpu_s) for ratio in ratios]
    return Side(readings, rss_bytes, checks="checked")


def drawn(real: int, fake: int, seed: int = 0) -> Floats:
    """Calibrated ratios: of two normal distributions with a variance of twice their mean (AUC about 0.92)."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(-2, 2, real), rng.normal(2, 2, fake)])


def a_card() -> card_pb2.ModelCard:
    """A card that says everything."""
    return card_pb2.ModelCard(
        name="thing",
        version="1.0.0",
        licence="Apache-2.0",
        authors=["Ann"],
        training_command="python -m thing",
        training_data=[card_pb2.TrainingData(name="faces", licence="CC BY 4.0")],
        metrics=[card_pb2.Metric(metric="auc", dataset="faces", value=0.9, low=0.85, high=0.95, items=200)],
        limits=["Not for drawings."],
    )


def a_case(folder: Path, measured: Measurements, card: card_pb2.ModelCard | None = None, **changes: object) -> Case:
    """A case under the shipped policy, with few draws and other changes. `folder` gets a card in words."""
    (folder / "CARD.md").write_text("# thing\n", encoding="utf-8")
    return Case(LoadedModel(card or a_card(), "0" * 64, folder), measured, policy(**changes))


def policy(**changes: object) -> Policy:
    """The shipped policy with few draws and other changes."""
    return Policy.model_validate(read_policy().model_dump() | {"bootstrap_rounds": 300} | changes)


def policy_file(path: Path, items: int) -> Path:
    """The shipped policy, but that so many items of each label are enough."""
    path.write_text(policy(min_items_per_label=items).model_dump_json(), encoding="utf-8")
    return path


class CannedJudging:
    """`Judging` that says what it was told to, by the name of the file; what it was not told makes it fail."""

    def __init__(self, ratios: Mapping[str, float | None], parity: Sequence[str] = ()) -> None:
        self.ratios = ratios
        self.parity = list(parity)
        self.asked: list[str] = []

    def ready(self) -> Ready:
        return Ready(parity=self.parity, checks="network")

    def judge(self, item: Item) -> Opinion:
        self.asked.append(item.path.name)
        if item.path.name not in self.ratios:
            raise JudgingFailed("it ended with code 1")
        ratio = self.ratios[item.path.name]
        return Opinion(llr=ratio, alarm=(ratio or 0.0) > 2, cpu_s=0.1, peak_rss_bytes=2**20)


def starting(
    by_folder: Callable[[Order], Judging],
) -> Callable[[Order], AbstractContextManager[Judging]]:
    """A `Start` without processes."""
    return lambda order: nullcontext(by_folder(order))
