"""What `voice_spoof` said of every recording, for the fit of fusion: of train by judges that had left it out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from colab_training.voice_spoof.cross_fit import Found
from colab_training.voice_spoof.items import Items
from kit.models.calibration import log_likelihood_ratio
from telltale.model.v1 import card_pb2


@dataclass(frozen=True)
class Judgement:
    """One recording, as it is or damaged; copies that were made for learning are not among them."""

    file: str
    source: str
    speaker: str
    system: str
    split: str
    fake: bool
    damage: str
    """"random" or the name of a codec; empty: as it is."""
    log_likelihood_ratio: float


def write_judgements(items: Items, found: Found, calibration: card_pb2.Calibration, path: Path) -> None:
    """One JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(judgement)) for judgement in _judgements(items, found, calibration))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_judgements(path: Path) -> list[Judgement]:
    """Raises FileNotFoundError when voice_spoof was not trained before."""
    return [Judgement(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _judgements(items: Items, found: Found, calibration: card_pb2.Calibration) -> Iterator[Judgement]:
    for item, raw in zip(items.items, found.raw, strict=True):
        own = item.utterance
        if not item.copy:
            ratio = log_likelihood_ratio(float(raw), calibration)
            yield Judgement(own.file, own.source, own.speaker, own.system, own.split, item.fake, item.damage, ratio)
