"""Clips, footage and settings of people who do not exist."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from colab_training.settings import TrainingSettings
from colab_training.video.clip_set import RECORDED, REENCODED, ClipSet, Tag, gathered
from colab_training.video.footage import TEMPLATE, Footage
from colab_training.video.manifest import Clip
from colab_training.video.settings import MakingSettings, VideoSettings
from kit.vision.clips import CLIP_S
from tests.support.temporal import a_clip

FACE_PX = 64.0
"""Side of the square that the landmarks' template is laid upon."""


def footage(seed: int = 0, *, frames: int = 12, side_px: int = 192, source: str = "grid_s1") -> Footage:
    """A coarse drawing with a face in its middle that moves to the right by half a pixel a frame."""
    rng = np.random.default_rng(seed)
    drawing = cv2.resize(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8), (side_px, side_px))
    pixels = np.stack([np.roll(drawing, frame // 2, axis=1) for frame in range(frames)])
    moved = np.stack([np.arange(frames) / 2, np.zeros(frames)], axis=1)  # (T, 2)
    corner = (side_px - FACE_PX) / 2
    landmarks = corner + TEMPLATE * FACE_PX + moved[:, None]
    edges = np.tile([corner, corner, corner + FACE_PX, corner + FACE_PX], (frames, 1))
    return Footage(f"real/{source}.mp4", source, pixels, landmarks, edges + np.tile(moved, 2), 25.0)


def a_file(source: str = "grid_s1", *, fake: bool = False, split: str = "train", name: str = "a") -> Clip:
    """A line of the manifest."""
    label, kind = ("fake", "talking_head") if fake else ("real", "lab_talk")
    return Clip(f"{label}/{source}__{name}.mp4", fake, kind, source, split)


def a_tag(
    source: str = "grid_s1",
    *,
    fake: bool = False,
    made: str = RECORDED,
    split: str = "train",
    name: str = "a",
    variant: int = 0,
    kind: str = "",
) -> Tag:
    """Of the first clip of a file."""
    file = a_file(source, fake=fake, split=split, name=name)
    return Tag(file.file, source, kind or file.kind, split, fake, made, variant, 0.0, CLIP_S, 100.0)


def clips(tags: Sequence[Tag], inputs: np.ndarray | None = None) -> ClipSet:
    """Clips of 8 px a side, each of one grey: its position. `inputs` (N, 1 + variants, …)."""
    count = len(tags)
    grey = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None, None], (count, 16, 8, 8, 3))
    places = np.zeros((count, 16, 4), np.float32), np.zeros((count, 16, 5, 2), np.float32)
    return ClipSet(list(tags), np.ascontiguousarray(grey), *places, inputs)


def noisy_clips(tags: Sequence[Tag]) -> ClipSet:
    """Clips as services cut them, all of the same noise."""
    return gathered([(tag, a_clip(face_px=tag.face_px)) for tag in tags])


def settings(name: str = "flow_consistency", **changes: object) -> VideoSettings:
    """The smallest run: two sources, each a fold."""
    training = TrainingSettings(
        epochs=1,
        samples_per_epoch=4,
        batch=2,
        early_epochs=0,
        early_side_px=32,
        learning_rate=1e-3,
        weight_decay=0,
        warmup_steps=0,
        label_smoothing=0,
        average_decay=0.5,
        mixed_precision=False,
        processes=1,
        threads=1,
        workers=0,
    )
    known: dict[str, object] = {
        "name": name,
        "version": "0.0.0",
        "seed": 1,
        "min_face_px": 48,
        "making": MakingSettings(fakes=1, originals=1),
        "folds": [["grid_s1"], ["float"]],
        "training": training if name in ("face_motion", "face_drift") else None,
        "variants": 1,
        "strength": 0.1,
    }
    return VideoSettings.model_validate(known | changes)


def recorded_and_made() -> tuple[ClipSet, ClipSet]:
    """Recorded and made clips of two sources, with four numbers each; the first tells fakes, the others nothing."""
    names = [f"{number}" for number in range(6)]
    recorded = [
        a_tag(source, fake=fake, name=name)
        for source in ("grid_s1", "float")
        for fake in (False, True)
        for name in names
    ]
    held = [a_tag("grid_s1", fake=fake, split="val", name=f"val{name}") for fake in (False, True) for name in names]
    made = [
        a_tag(source, fake=fake, made="own_face" if fake else REENCODED, name=name, variant=1 + fake)
        for source in ("grid_s1", "float")
        for fake in (False, True)
        for name in names
    ]
    return tuple(clips(tags, _numbers(tags, seed)) for seed, tags in enumerate(([*recorded, *held], made)))  # type: ignore[return-value]


def _numbers(tags: Sequence[Tag], seed: int) -> np.ndarray:
    numbers = np.random.default_rng(seed).normal(0, 1, (len(tags), 1, 4)).astype(np.float32)
    numbers[:, 0, 0] += [2.0 * tag.fake for tag in tags]
    return numbers
