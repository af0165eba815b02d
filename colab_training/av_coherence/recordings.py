"""The real recordings that edits are made of: speech files, and the sound of real clips."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from colab_training.speech_files import RATE_HZ, Sound, read_speech
from colab_training.video.card import TERMS
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.media.sound import PRELOAD, read_sound
from kit.media.spans import Span

FOLDERS: Final = ("speech", "av")
FOLDS: Final = 4
_LONGEST_S: Final = 60.0


@dataclass(frozen=True, eq=False)
class Recording:
    """One real recording."""

    file: str
    """Relative to the data folder: "speech/…" or "av/…"."""
    source: str
    speaker: str
    licence: str
    split: str
    samples: Sound
    """(S,) at 16 kHz."""

    @property
    def folder(self) -> str:
        """One of FOLDERS."""
        return self.file.split("/", 1)[0]

    @property
    def fold(self) -> int:
        """0 … FOLDS - 1, by the speaker alone: speakers never lie in two folds."""
        return int.from_bytes(hashlib.sha256(self.speaker.encode()).digest()[:8], "big") % FOLDS


def read_all(data: Path) -> list[Recording]:
    """The real speech of `data/speech`, then the sound of the real clips of `data/av`. Raises FileNotFoundError."""
    return [*_speech(data), *_clips(data)]


def _speech(data: Path) -> list[Recording]:
    return [
        Recording(file, row["source"], row["speaker"], row["licence"], row["split"], read_speech(data / file))
        for file, row in _real(data, "speech")
    ]


def _clips(data: Path) -> list[Recording]:
    """Clips do not say who speaks: each is taken for a speaker of its own."""
    with Sandbox.start(SandboxSettings(max_children=1), PRELOAD) as sandbox:
        return [
            Recording(file, row["source"], file, TERMS[row["source"]], row["split"], _sound(sandbox, data / file))
            for file, row in _real(data, "av")
            if row["has_audio"] == "1"
        ]


def _sound(sandbox: Sandbox, path: Path) -> Sound:
    media = MediaFile.from_bytes(path.read_bytes())
    return next(read_sound(sandbox, media, MediaLimits(), [Span(0.0, _LONGEST_S)], rate_hz=RATE_HZ)).samples


def _real(data: Path, folder: str) -> list[tuple[str, dict[str, str]]]:
    with (data / folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [(f"{folder}/{row['file']}", row) for row in csv.DictReader(file) if row["label"] == "real"]
