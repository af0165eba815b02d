"""Face clips with labels, as arrays that a run keeps in memory and a cache keeps on disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kit.vision.clips import FaceClip

RECORDED = "recorded"
"""`made` of clips that are what their source handed out; made ones carry the name of how they were made."""
REENCODED = "reencoded"
"""`made` of authentic clips that went through the same encoder as made fakes."""


@dataclass(frozen=True)
class Tag:
    """What is known of one clip."""

    file: str
    """Of the manifest; of a made fake that of the real clip that it was made from."""
    source: str
    kind: str
    split: str
    fake: bool
    made: str
    variant: int
    """Number of the made file; 0 for recorded ones."""
    start_s: float
    end_s: float
    face_px: float


@dataclass(frozen=True, eq=False)
class ClipSet:
    """N clips."""

    tags: list[Tag]
    pixels: NDArray[np.uint8]
    """(N, T, S, S, 3)."""
    boxes: NDArray[np.float32]
    """(N, T, 4)."""
    landmarks: NDArray[np.float32]
    """(N, T, 5, 2)."""
    inputs: NDArray[np.floating] | None = None
    """(N, …) what a test learns from, once it was computed: that is dear, and folds ask again and again."""

    def __len__(self) -> int:
        return len(self.tags)

    @property
    def fake(self) -> NDArray[np.bool_]:
        """(N,)"""
        return np.array([tag.fake for tag in self.tags], dtype=bool)

    def only(self, chosen: Sequence[int] | NDArray[np.intp]) -> ClipSet:
        """The clips at these positions."""
        index = np.asarray(chosen, dtype=np.intp)
        inputs = None if self.inputs is None else self.inputs[index]
        return ClipSet(
            [self.tags[i] for i in index], self.pixels[index], self.boxes[index], self.landmarks[index], inputs
        )

    def clip(self, position: int) -> FaceClip:
        """One clip as services see it."""
        tag, frames = self.tags[position], self.pixels.shape[1]
        times_s = tag.start_s + np.arange(frames) * (tag.end_s - tag.start_s) / frames
        return FaceClip(
            0,
            tag.start_s,
            tag.end_s,
            times_s,
            self.pixels[position],
            self.boxes[position],
            self.landmarks[position],
            tag.face_px,
        )


Found = tuple[Tag, FaceClip]
"""One clip as it was cut."""


def gathered(clips: Sequence[Found]) -> ClipSet:
    """A set of clips that were cut one by one; at least one."""
    return ClipSet(
        [tag for tag, _ in clips],
        np.stack([clip.pixels for _, clip in clips]),
        np.stack([clip.boxes for _, clip in clips]).astype(np.float32),
        np.stack([clip.landmarks for _, clip in clips]).astype(np.float32),
    )


def joined(sets: Sequence[ClipSet]) -> ClipSet:
    """Several sets as one."""
    return ClipSet(
        [tag for each in sets for tag in each.tags],
        np.concatenate([each.pixels for each in sets]),
        np.concatenate([each.boxes for each in sets]),
        np.concatenate([each.landmarks for each in sets]),
        None if any(each.inputs is None for each in sets) else np.concatenate([each.inputs for each in sets]),
    )


def write_clips(clips: ClipSet, path: Path) -> None:
    """Writes one `.npz`; a crash in the middle leaves nothing under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".part.npz")
    tags = json.dumps([asdict(tag) for tag in clips.tags])
    np.savez(half_written, tags=np.array(tags), pixels=clips.pixels, boxes=clips.boxes, landmarks=clips.landmarks)
    half_written.replace(path)


def read_clips_file(path: Path) -> ClipSet:
    """What `write_clips` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        tags = [Tag(**entry) for entry in json.loads(str(stored["tags"]))]
        return ClipSet(tags, stored["pixels"], stored["boxes"], stored["landmarks"])
