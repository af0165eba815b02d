"""The list of labelled speech, and who may judge what: parts that share neither speaker nor source."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "manifest.csv"
# These bodies of data hold many speakers or systems that have nothing else in common; all others are one recording campaign each.
_MANY_SPEAKERS = frozenset({"librispeech_resemblyzer"})
_MANY_SYSTEMS = frozenset({"gen_offline"})


@dataclass(frozen=True)
class Utterance:
    """One labelled recording of speech. `file` is relative to the folder of the manifest."""

    file: str
    fake: bool
    system: str
    """What made it; empty for real speech."""
    source: str
    speaker: str
    licence: str
    split: str
    """"train" or "val"."""

    @property
    def group(self) -> str:
        """Recordings of one group are never on both sides of a test."""
        if self.source in _MANY_SPEAKERS:
            return self.speaker
        return f"{self.source} {self.system}" if self.source in _MANY_SYSTEMS else self.source

    @property
    def maker(self) -> str:
        """The system of a fake, the source of real speech: what is evened out when learning."""
        return self.system or self.source


def read_speech_manifest(folder: Path) -> list[Utterance]:
    """All recordings of `manifest.csv`, in its order. Raises FileNotFoundError when there is none."""
    with (folder / MANIFEST).open(newline="", encoding="utf-8") as file:
        return [_utterance(row) for row in csv.DictReader(file)]


def fold_of(group: str, folds: int, seed: int) -> int:
    """The part that a group belongs to, by its name and the seed alone."""
    digest = hashlib.sha256(f"{seed} {group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % folds


def _utterance(row: dict[str, str]) -> Utterance:
    return Utterance(
        file=row["file"],
        fake=row["label"] == "fake",
        system=row["system"],
        source=row["source"],
        speaker=row["speaker"],
        licence=row["licence"],
        split=row["split"],
    )
