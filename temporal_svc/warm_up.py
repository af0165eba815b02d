"""A clip for tests to get warm on."""

from __future__ import annotations

import numpy as np

from kit.vision.clips import CLIP_FRAMES, CLIP_RATE_FPS, CLIP_S, CLIP_SCALE, CLIP_SIDE_PX, FaceClip


def noisy_clip() -> FaceClip:
    """Noise where a large face would be, as it lies in every clip."""
    shape = (CLIP_FRAMES, CLIP_SIDE_PX, CLIP_SIDE_PX, 3)
    margin = CLIP_SIDE_PX * (1 - 1 / CLIP_SCALE) / 2
    box = np.asarray([margin, margin, CLIP_SIDE_PX - margin, CLIP_SIDE_PX - margin], dtype=np.float32)
    eyes_nose_mouth = np.asarray([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.75], [0.65, 0.75]], dtype=np.float32)
    landmarks = margin + eyes_nose_mouth * (CLIP_SIDE_PX - 2 * margin)
    return FaceClip(
        track_id=0,
        start_s=0.0,
        end_s=CLIP_S,
        times_s=np.arange(CLIP_FRAMES) / CLIP_RATE_FPS,
        pixels=np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8),
        boxes=np.tile(box, (CLIP_FRAMES, 1)),
        landmarks=np.tile(landmarks.astype(np.float32), (CLIP_FRAMES, 1, 1)),
        face_px=400.0,
    )
