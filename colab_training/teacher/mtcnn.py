"""The cascade of Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks"
(IEEE SPL 2016), over three small nets.

The weights were trained on pictures whose axes are swapped, so every array that meets a net has shape (x, y, colour).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from colab_training.teacher.boxes import cut, shifted, squared
from kit.models.card import LoadedModel
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.models.runtime import Session
from kit.vision.boxes import strongest
from kit.vision.faces import Face, Floats, Picture
from telltale.common.v1 import evidence_pb2

_PYRAMID_STEP: Final = 0.709
_CELL_PX: Final = 12
_STRIDE_PX: Final = 2
_MAX_CANDIDATES: Final = 160


@dataclass(frozen=True, slots=True)
class CascadeLimits:
    """What the cascade looks for, and what each stage lets pass."""

    working_side_px: int = 960
    """Larger pictures are looked at with their longer side reduced to this."""
    min_face_px: int = 20
    """Smallest face, in pixels of the reduced picture."""
    min_face_share: float = 0.042
    """Smallest face as a share of the longer side; the larger of the two limits holds."""
    proposal_probability: float = 0.6
    refined_probability: float = 0.7
    final_probability: float = 0.9


@dataclass(frozen=True, slots=True)
class MtcnnNets:
    """The three stages: proposals anywhere, refinement of 24 px crops, decision and landmarks on 48 px crops."""

    proposal: Session
    refinement: Session
    output: Session


def load_nets(model: LoadedModel, intra_op_threads: int = 1) -> MtcnnNets:
    """Opens the three networks of the model `mtcnn`. Raises ModelInvalid when one is not in its card or cannot be loaded."""
    stages = ("pnet.onnx", "rnet.onnx", "onet.onnx")
    pnet, rnet, onet = (open_network(model, stage, intra_op_threads=intra_op_threads) for stage in stages)
    return MtcnnNets(proposal=pnet, refinement=rnet, output=onet)


def open_teacher(models: Path) -> MtcnnFaceFinder:
    """The teacher from a registry of models. Raises ModelInvalid when it is missing there or was changed."""
    model = Registry(models).load("mtcnn")
    return MtcnnFaceFinder(load_nets(model), model.reference)


class MtcnnFaceFinder:
    """Faces by the three-stage cascade."""

    def __init__(
        self, nets: MtcnnNets, model: evidence_pb2.ModelReference, limits: CascadeLimits = CascadeLimits()
    ) -> None:
        self._nets = nets
        self._limits = limits
        self.model = model

    def find(self, picture: Picture) -> list[Face]:
        """The faces of an (H, W, 3) RGB picture, largest first."""
        working, scale = _reduced(picture, self._limits.working_side_px)
        boxes = self._propose(working)
        boxes = self._refine(working, boxes)
        faces = self._decide(working, boxes, 1 / scale)
        return sorted(faces, key=lambda face: -face.longer_side_px)

    def _propose(self, picture: Picture) -> Floats:
        """(N, 4) boxes that may hold a face, from every level of the pyramid."""
        longer, shorter = max(picture.shape[:2]), min(picture.shape[:2])
        min_face_px = max(self._limits.min_face_px, self._limits.min_face_share * longer)
        scale = _CELL_PX / min_face_px
        found, level = [], picture
        while shorter * scale >= _CELL_PX:
            # Each level is made from the one before: from the whole picture, resizing would cost more than the network.
            level = _resized(level, picture.shape[1] * scale, picture.shape[0] * scale)
            found.append(self._propose_at(level, scale))
            scale *= _PYRAMID_STEP
        return _merged(found, 0.7)

    def _propose_at(self, level: Picture, scale: float) -> tuple[Floats, Floats]:
        """Boxes (N, 4) and probabilities (N) from one level, in pixels of the picture that it is `scale` times as large as."""
        answer = self._nets.proposal.run({"input_1": _to_input(level[None])})
        probabilities = answer["softmax"][0, :, :, 1]  # (x, y)
        cells = np.argwhere(probabilities >= self._limits.proposal_probability)
        chosen, offsets = probabilities[cells[:, 0], cells[:, 1]], answer["conv2d_4"][0][cells[:, 0], cells[:, 1]]
        corners = cells.astype(np.float32) * _STRIDE_PX
        cell_boxes = np.concatenate([corners, corners + _CELL_PX], axis=1, dtype=np.float32) / np.float32(scale)
        return _best(shifted(cell_boxes.astype(np.float32, copy=False), offsets), chosen, 0.5)

    def _refine(self, picture: Picture, boxes: Floats) -> Floats:
        """(M, 4) better boxes: those of `boxes` that look like a face at 24 px."""
        if not len(boxes):
            return boxes
        squares = squared(boxes)
        crops = np.stack([cut(picture, box, 24) for box in squares])
        answer = self._nets.refinement.run({"input_2": _to_input(crops)})
        probabilities = answer["softmax_1"][:, 1]
        chosen = probabilities >= self._limits.refined_probability
        return _best(shifted(squares[chosen], answer["dense_2"][chosen]), probabilities[chosen], 0.6)[0]

    def _decide(self, picture: Picture, boxes: Floats, enlargement: float) -> list[Face]:
        """The faces among `boxes`, in pixels of the picture before it was reduced."""
        if not len(boxes):
            return []
        squares = squared(boxes)
        crops = np.stack([cut(picture, box, 48) for box in squares])
        answer = self._nets.output.run({"input_3": _to_input(crops)})
        probabilities = answer["softmax_2"][:, 1]
        chosen = np.flatnonzero(probabilities >= self._limits.final_probability)
        final = shifted(squares[chosen], answer["dense_5"][chosen])
        kept = strongest(final, probabilities[chosen], 0.6, of_smaller=True)
        points = answer["dense_6"][chosen[kept]].reshape(-1, 2, 5).transpose(0, 2, 1)  # (N, 5, x y)
        corners = squares[chosen[kept]]
        landmarks = corners[:, None, :2] + points * (corners[:, 2:] - corners[:, :2])[:, None, :]
        return [
            _face(box * enlargement, marks * enlargement, float(probability))
            for box, marks, probability in zip(final[kept], landmarks, probabilities[chosen[kept]], strict=True)
        ]


def _face(box: Floats, landmarks: Floats, probability: float) -> Face:
    left, top, right, bottom = (float(edge) for edge in box)
    return Face((left, top, right, bottom), landmarks.astype(np.float32), min(probability, 1.0))


def _reduced(picture: Picture, longer_side_px: int) -> tuple[Picture, float]:
    """The picture with its longer side at most `longer_side_px`, and the factor it was reduced by."""
    height, width = picture.shape[:2]
    scale = min(1.0, longer_side_px / max(height, width))
    if scale == 1.0:
        return picture, 1.0
    return _resized(picture, width * scale, height * scale), scale


def _resized(picture: Picture, width_px: float, height_px: float) -> Picture:
    size = (max(1, round(width_px)), max(1, round(height_px)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _to_input(pictures: Picture) -> Floats:
    """Pictures (N, H, W, 3) as the nets want them: float32 (N, W, H, 3), about [-1, 1]."""
    turned = np.ascontiguousarray(pictures.transpose(0, 2, 1, 3), dtype=np.float32)
    return np.asarray((turned - 127.5) / 128, dtype=np.float32)


def _best(boxes: Floats, probabilities: Floats, overlap: float) -> tuple[Floats, Floats]:
    # Greedy suppression is quadratic, so a picture full of false proposals must not be able to slow everybody down.
    order = np.argsort(-probabilities, kind="stable")[: 4 * _MAX_CANDIDATES]
    kept = order[strongest(boxes[order], probabilities[order], overlap)]
    return boxes[kept], probabilities[kept]


def _merged(found: list[tuple[Floats, Floats]], overlap: float) -> Floats:
    if not found:
        return np.zeros((0, 4), dtype=np.float32)
    boxes, probabilities = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _best(boxes, probabilities, overlap)[0][:_MAX_CANDIDATES]
