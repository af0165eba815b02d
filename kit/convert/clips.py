"""From a clip of a face to a network's input, executed from the model card.

Training and serving call this very function, so that what a network learned on is what it is asked about.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from kit.errors import ModelInvalid
from kit.vision.clips import CLIP_SCALE, FaceClip
from telltale.model.v1 import card_pb2


def to_clip_tensor(clip: FaceClip, preprocessing: card_pb2.ClipPreprocessing) -> npt.NDArray[np.float32]:
    """The input tensor, float32 (3, T, side_px, side_px), of one clip.

    The middle of its pictures, `face_scale` times the face, is brought to `side_px`, scaled to [0, 1], less `mean`, over `std`.

    Raises:
        ModelInvalid: the card asks for other frames or a wider square than there are, or its mean and std are not three numbers.
    """
    if len(preprocessing.mean) != 3 or len(preprocessing.std) != 3:
        raise ModelInvalid("the model card needs three numbers in `mean` and in `std`; export the model again")
    if preprocessing.frames != len(clip.pixels) or preprocessing.face_scale > CLIP_SCALE:
        raise ModelInvalid(
            f"the model card asks for {preprocessing.frames} frames of {preprocessing.face_scale:g} times the face, but clips "
            f"have {len(clip.pixels)} of {CLIP_SCALE:g}; export the model again"
        )
    pictures = np.stack([_fitted(picture, preprocessing) for picture in clip.pixels])  # (T, side, side, 3)
    mean, std = (np.asarray(values, np.float32) for values in (preprocessing.mean, preprocessing.std))
    tensor = (pictures.astype(np.float32) / np.float32(255) - mean) / std
    return np.ascontiguousarray(tensor.transpose(3, 0, 1, 2))  # (3, T, side, side)


def _fitted(picture: npt.NDArray[np.uint8], preprocessing: card_pb2.ClipPreprocessing) -> npt.NDArray[np.uint8]:
    whole_px = picture.shape[0]
    middle_px = round(whole_px * preprocessing.face_scale / CLIP_SCALE)
    low = (whole_px - middle_px) // 2
    side_px = preprocessing.side_px
    middle = picture[low : low + middle_px, low : low + middle_px]
    return cv2.resize(middle, (side_px, side_px), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
