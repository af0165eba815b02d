"""Labelled measurements to fit on: each picture as its file is, and copies of both classes degraded alike."""

from __future__ import annotations

import multiprocessing
import os
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from colab_training.equalise import Equalisation, degrade
from colab_training.frequency.sources import Labelled
from colab_training.manifest import Sample
from colab_training.pictures import FoundFace
from image_svc.cues.frequency import measure
from image_svc.cues.gates import Refusal
from kit.convert.tensor import Box
from kit.vision.faces import Face, Picture


@dataclass(frozen=True)
class Example:
    """What was measured on one copy of one picture. Copy 0 is the picture as it is."""

    sample: Sample
    copy: int
    features: NDArray[np.float32] | None
    """None where the test refused."""


def measure_all(
    pictures: Sequence[Labelled], faces: Mapping[str, FoundFace], how: Equalisation, copies: int
) -> list[Example]:
    """Measures each picture `1 + copies` times, on all processors. The copies depend on the file's name alone."""
    jobs = [(picture, faces.get(picture.sample.file), how, copies) for picture in pictures]
    # A fork of a process in which OpenCV has had threads would wait for them for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context) as pool:
        answers = list(tqdm(pool.map(_measure, jobs, chunksize=64), "measuring", total=len(jobs), mininterval=20))
    return [example for answer in answers for example in answer]


def measured(picture: Picture, face: FoundFace | None, side_px: int) -> NDArray[np.float32] | None:
    """Features as serving measures them. The face was found when the picture was `side_px` wide."""
    if face is None:
        return None
    factor = picture.shape[1] / side_px
    answer = measure(picture, [Face(_scaled(face.box_px, factor), face.landmarks_px * np.float32(factor), 1.0)])
    return None if isinstance(answer, Refusal) else answer.features


def _measure(job: tuple[Labelled, FoundFace | None, Equalisation, int]) -> list[Example]:
    labelled, face, how, copies = job
    cv2.setNumThreads(1)
    sample, picture = labelled.sample, labelled.read()
    examples = [Example(sample, 0, measured(picture, face, picture.shape[1]))]
    for copy in range(1, copies + 1):
        rng = np.random.default_rng([zlib.crc32(sample.file.encode()), copy])
        examples.append(Example(sample, copy, measured(degrade(picture, how, rng), face, picture.shape[1])))
    return examples


def _scaled(box_px: Box, factor: float) -> Box:
    x0, y0, x1, y1 = (factor * edge for edge in box_px)
    return x0, y0, x1, y1
