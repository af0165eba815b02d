"""Labelled measurements to fit on: each picture as its file is, and copies of both classes degraded alike."""

from __future__ import annotations

import functools
import os
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from colab_training.equalise import Equalisation, equalise
from colab_training.handcrafted.sources import Labelled
from colab_training.manifest import Sample
from image_svc.cues.frequency import FREQUENCY
from image_svc.cues.gates import Refusal
from image_svc.cues.handcrafted import Handcrafted
from image_svc.cues.noise_residual import NOISE_RESIDUAL
from kit.models.registry import Registry
from kit.vision.faces import Face, Picture
from kit.vision.mtcnn import MtcnnFaceFinder, load_nets

CRAFTS: Final = (FREQUENCY, NOISE_RESIDUAL)

# Compression down to what a messenger leaves, and none, as in screenshots; sizes both ways. Light does not matter to these cues.
HOW: Final = Equalisation(
    light_share=0.0,
    resize_share=0.5,
    min_side_px=120,
    max_side_px=400,
    blur_share=0.1,
    noise_share=0.1,
    jpeg_share=0.6,
    min_quality=50,
    max_quality=98,
)


@dataclass(frozen=True)
class Example:
    """What the cues measured on one copy of one picture. Copy 0 is the picture as it is."""

    sample: Sample
    copy: int
    features: dict[str, NDArray[np.float32] | None]
    """By name of the cue; None where it refused."""


def measure_all(pictures: Sequence[Labelled], models: Path, copies: int) -> list[Example]:
    """Measures each picture `1 + copies` times, on all processors. The copies depend on the file's name alone."""
    jobs = [(picture, models, copies) for picture in pictures]
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        answers = list(tqdm(pool.map(_measure, jobs, chunksize=64), "measuring", total=len(jobs)))
    return [example for answer in answers for example in answer]


def measure_picture(finder: MtcnnFaceFinder, picture: Picture) -> dict[str, NDArray[np.float32] | None]:
    """Features of every hand-crafted cue for one picture, as serving measures them."""
    faces = finder.find(picture)
    return {craft.name: _features(craft, picture, faces) for craft in CRAFTS}


@functools.cache
def open_finder(models: Path) -> MtcnnFaceFinder:
    """The face finder that serving uses; opened once in each process."""
    model = Registry(models).load("mtcnn")
    return MtcnnFaceFinder(load_nets(model), model.reference)


def _features(craft: Handcrafted, picture: Picture, faces: Sequence[Face]) -> NDArray[np.float32] | None:
    measured = craft.measure(picture, faces)
    return None if isinstance(measured, Refusal) else measured.features


def _measure(job: tuple[Labelled, Path, int]) -> list[Example]:
    labelled, models, copies = job
    cv2.setNumThreads(1)
    finder, sample, picture = open_finder(models), labelled.sample, labelled.read()
    examples = [Example(sample, 0, measure_picture(finder, picture))]
    for copy in range(1, copies + 1):
        rng = np.random.default_rng([zlib.crc32(sample.file.encode()), copy])
        examples.append(Example(sample, copy, measure_picture(finder, equalise(picture, HOW, rng))))
    return examples
