"""Clips in which one person is seen and heard speaking: the main person's mouth, and the sound, read as services read them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from av_sync_svc.face_mesh import FaceMesh
from av_sync_svc.lips import MAX_SHIFT, RATE_HZ, lip_series, sound_series
from av_sync_svc.mouths import MOUTH_RATE_FPS, Mouth, SandboxMouthReader, mouths_along
from colab_training.video.manifest import Clip, clips_manifest_sha256, read_clips_manifest
from kit.media import sound, video
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.media.sound import SoundPiece, read_sound
from kit.media.spans import Span
from kit.media.video import read_frames, survey_video
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.vision.faces import VideoFaceFinder
from kit.vision.paths import FacePath
from kit.vision.tracker import MAX_SIDE_PX, RATE_FPS, FaceTracker
from kit.vision.yolo import open_finder

Floats = NDArray[np.float32]

LIMITS = MediaLimits()
_LONGEST_S = 8.0
_VERSION = 1
"""Of what is cached; higher when clips come out differently."""


@dataclass(frozen=True, eq=False)
class Talk:
    """One clip, measured."""

    clip: Clip
    lips: Floats
    """(T, LIP_VALUES)"""
    sound: Floats
    """(SPECTRA_PER_LOOK * (T + 2 * MAX_SHIFT), bands), from MAX_SHIFT looks before the first of the lips on."""
    known: NDArray[np.bool_]
    """(T + 2 * MAX_SHIFT,) whether there is sound."""
    face_px: float

    @property
    def looks(self) -> int:
        """T."""
        return len(self.lips)


@dataclass(frozen=True)
class Reader:
    """What reading clips takes."""

    folder: Path
    sandbox: Sandbox
    finder: VideoFaceFinder
    mouths: SandboxMouthReader


def talks_of(data: Path, models: Path, cache: Path) -> list[Talk]:
    """All clips with sound in which somebody's mouth stays in view, in the order of the manifest."""
    return [measured(clip, mouth, piece) for clip, mouth, piece in readings_of(data, models, cache)]


def readings_of(data: Path, models: Path, cache: Path) -> list[tuple[Clip, Mouth, SoundPiece]]:
    """What they are measured from: the main person's mouth, and the sound."""
    folder = data / "av"
    sounding = _with_sound(folder)
    clips = [clip for clip in read_clips_manifest(folder) if clip.file in sounding]
    registry = Registry(models)
    digests = [registry.load(name).card_sha256 for name in ("face_finder", "face_landmarks")]
    key = hashlib.sha256(f"{_VERSION} {clips_manifest_sha256(folder)} {digests}".encode()).hexdigest()[:16]
    kept = cache / f"talks-{key}"
    kept.mkdir(parents=True, exist_ok=True)
    with Sandbox.start(SandboxSettings(max_children=1), (*video.PRELOAD, *sound.PRELOAD)) as sandbox:
        mesh = registry.load("face_landmarks")
        mouths = SandboxMouthReader(sandbox, LIMITS, FaceMesh(open_network(mesh), mesh))
        reader = Reader(folder, sandbox, open_finder(registry.load("face_finder"), 1), mouths)
        found = [(clip, _kept(reader, clip, kept)) for clip in tqdm(clips, desc="clips")]
    return [(clip, *read) for clip, read in found if read is not None]


def measured(clip: Clip, mouth: Mouth, piece: SoundPiece) -> Talk:
    """A clip from its mouth and its sound."""
    start_s = float(mouth.times_s[0]) - MAX_SHIFT / MOUTH_RATE_FPS
    heard, known = sound_series(piece, start_s, len(mouth.times_s) + 2 * MAX_SHIFT)
    return Talk(clip, lip_series(mouth), heard, known, mouth.face_px)


def _with_sound(folder: Path) -> set[str]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return {row["file"] for row in csv.DictReader(file) if row["has_audio"] == "1"}


def _kept(reader: Reader, clip: Clip, folder: Path) -> tuple[Mouth, SoundPiece] | None:
    path = folder / f"{hashlib.sha256(clip.file.encode()).hexdigest()[:16]}.npz"
    if not path.is_file():
        _write(path, _read(reader, clip))
    with np.load(path) as kept:
        if not len(kept["times_s"]):
            return None
        mouth = Mouth(0, kept["times_s"], kept["points"], float(kept["face_px"]))
        return mouth, SoundPiece(float(kept["sound_s"]), kept["samples"], RATE_HZ)


def _write(path: Path, read: tuple[Mouth, SoundPiece] | None) -> None:
    if read is None:
        np.savez(path, times_s=np.zeros(0))
        return
    mouth, piece = read
    np.savez(
        path,
        times_s=mouth.times_s,
        points=mouth.points,
        face_px=mouth.face_px,
        samples=piece.samples,
        sound_s=piece.start_s,
    )


def _read(reader: Reader, clip: Clip) -> tuple[Mouth, SoundPiece] | None:
    with MediaFile.from_bytes((reader.folder / clip.file).read_bytes()) as media:
        facts = survey_video(reader.sandbox, media, LIMITS).facts
        whole = Span(0.0, min(facts.duration_s, _LONGEST_S))
        mouths = [mouth for path in _main_path(reader, media, whole) for mouth in _mouths(reader, media, path, whole)]
        pieces = list(read_sound(reader.sandbox, media, LIMITS, [whole], rate_hz=RATE_HZ))
    if not mouths or not pieces:
        return None
    return max(mouths, key=lambda mouth: len(mouth.times_s)), pieces[0]


def _main_path(reader: Reader, media: MediaFile, whole: Span) -> Iterator[FacePath]:
    tracker = FaceTracker(reader.finder)
    frames = read_frames(reader.sandbox, media, LIMITS, [whole], rate_fps=RATE_FPS, max_side_px=MAX_SIDE_PX)
    for _ in tracker.look(frames):
        pass
    for track in tracker.tracks()[:1]:
        yield FacePath(0, track.times_s, track.boxes_px, track.landmarks_px)


def _mouths(reader: Reader, media: MediaFile, path: FacePath, whole: Span) -> Iterator[Mouth]:
    yield from mouths_along(reader.mouths, media, [path], [whole])
