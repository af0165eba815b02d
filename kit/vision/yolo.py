"""Face finder: a YOLO network with a pose head (Maji et al., "YOLO-Pose", CVPR workshops 2022) of five landmarks.

The network answers one column for every cell of its three grids: centre, width and height of a box, the probability of a face,
and x, y and visibility of each landmark, all in pixels of the tensor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from kit.errors import ModelInvalid
from kit.models.calibration import probability
from kit.models.card import LoadedModel
from kit.models.onnx import open_network
from kit.models.runtime import Session
from kit.vision.boxes import strongest
from kit.vision.faces import Face, Floats, Picture
from kit.vision.letterbox import Letterboxed, letterbox
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

INPUT: Final = "picture"
OUTPUT: Final = "faces"
OPERATING_POINT: Final = "face"
_LANDMARKS: Final = 5
# Two boxes are one face when they share more than this of the smaller one.
_SAME_FACE: Final = 0.6
# Greedy suppression is quadratic, so a picture full of false faces must not be able to slow everybody down.
_MAX_CANDIDATES: Final = 400
# A face that the small tensor shows at least this large is not missed there, nor are its neighbours.
_LARGE_FACE_PX: Final = 56.0
# Pictures that the small tensor shows in nearly all of their pixels are not looked at twice.
_WORTH_A_SECOND_LOOK: Final = 1.25
# A face that fills a picture beyond its edges is found when the picture is shown a quarter smaller, with more ground around it.
_STEP_BACK: Final = 0.75
# From afar only faces of this share of the picture's longer side are believed: smaller ones the first look would have seen.
_FILLING: Final = 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """How pictures are shown to the network, and what of its answer is a face."""

    letterbox: card_pb2.Letterbox
    threshold: float
    """Smallest probability of a face."""
    min_face_px: float = 16.0
    """Smallest face, longer side of its box in the picture's pixels: smaller ones are of no use to any cue."""
    steps_back: bool = True
    """Look once more, from afar, where nothing was found."""


class YoloFaceFinder:
    """Faces by one network: at a small size; larger where faces may have been too small; from afar where none was found."""

    def __init__(self, session: Session, model: evidence_pb2.ModelReference, how: Look) -> None:
        self._session = session
        self._how = how
        self.model = model

    def find(self, picture: Picture) -> list[Face]:
        """The faces of an (H, W, 3) RGB picture, largest first."""
        small, *larger = self._how.letterbox.sides_px
        faces = self.find_at(picture, small)
        shown = small * self._how.letterbox.picture_share / max(picture.shape[:2])
        seen_large = any(face.longer_side_px * shown >= _LARGE_FACE_PX for face in faces)
        if larger and not seen_large and shown * _WORTH_A_SECOND_LOOK < 1:
            faces = _merged(faces + self.find_at(picture, larger[-1]))
        return faces or (self._find_filling(picture, small) if self._how.steps_back else [])

    def quick(self) -> YoloFaceFinder:
        """The same finder with its first look alone, for the many frames of a video."""
        small = card_pb2.Letterbox()
        small.CopyFrom(self._how.letterbox)
        del small.sides_px[1:]
        return YoloFaceFinder(self._session, self.model, replace(self._how, letterbox=small, steps_back=False))

    def find_at(self, picture: Picture, side_px: int) -> list[Face]:
        """The faces that one look finds in which the longer side of the tensor is `side_px`; largest first."""
        return self._look(letterbox(picture, side_px, self._how.letterbox))

    def _find_filling(self, picture: Picture, side_px: int) -> list[Face]:
        back = card_pb2.Letterbox()
        back.CopyFrom(self._how.letterbox)
        back.picture_share *= _STEP_BACK
        filling_px = _FILLING * max(picture.shape[:2])
        return [face for face in self._look(letterbox(picture, side_px, back)) if face.longer_side_px >= filling_px]

    def _look(self, boxed: Letterboxed) -> list[Face]:
        columns = self._session.run({INPUT: boxed.tensor})[OUTPUT][0]
        faces = _decoded(np.asarray(columns, dtype=np.float32), self._how.threshold, boxed)
        return _merged([face for face in faces if face.longer_side_px >= self._how.min_face_px])


def open_finder(model: LoadedModel, intra_op_threads: int = 1) -> YoloFaceFinder:
    """The finder of a checked model. Raises ModelInvalid when its network cannot be loaded or its card lacks something."""
    return finder_of(model, open_network(model, intra_op_threads=intra_op_threads))


def finder_of(model: LoadedModel, session: Session) -> YoloFaceFinder:
    """The finder of a checked model whose network is open. Raises ModelInvalid when its card lacks something."""
    look = Look(model.card.image_preprocessing.letterbox, threshold_of(model))
    return YoloFaceFinder(session, model.reference, look)


def threshold_of(model: LoadedModel) -> float:
    """Smallest probability of a face. Raises ModelInvalid when the card has no operating point for it."""
    for point in model.card.postprocessing.operating_points:
        if point.name == OPERATING_POINT:
            return probability(point.threshold)
    raise ModelInvalid(f"model {model.card.name}: its card has no operating point {OPERATING_POINT!r}; export it again")


def _decoded(columns: Floats, threshold: float, look: Letterboxed) -> list[Face]:
    """Faces from columns (5 + 3 landmarks, N), in pixels of the picture; one face may still be there several times."""
    likely = np.flatnonzero(columns[4] >= threshold)
    likely = likely[np.argsort(-columns[4, likely], kind="stable")[:_MAX_CANDIDATES]]
    chosen = columns[:, likely].T
    centres, halves = chosen[:, :2], chosen[:, 2:4] / 2
    corners = look.to_picture(np.stack([centres - halves, centres + halves], axis=1))  # (N, 2, x y)
    landmarks = look.to_picture(chosen[:, 5:].reshape(-1, _LANDMARKS, 3)[..., :2])
    return [
        _face(corner.ravel(), points, float(row[4]))
        for corner, points, row in zip(corners, landmarks, chosen, strict=True)
    ]


def _face(box: Floats, landmarks: Floats, face_probability: float) -> Face:
    left, top, right, bottom = (float(edge) for edge in box)
    return Face((left, top, right, bottom), landmarks, min(face_probability, 1.0))


def _merged(faces: list[Face]) -> list[Face]:
    """Each face once, the most probable of its boxes, largest first."""
    if not faces:
        return []
    boxes = np.asarray([face.box_px for face in faces], dtype=np.float32)
    kept = strongest(boxes, np.asarray([face.probability for face in faces], np.float32), _SAME_FACE, of_smaller=True)
    return sorted((faces[index] for index in kept), key=lambda face: -face.longer_side_px)
