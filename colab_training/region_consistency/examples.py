"""Made pictures with what serving's code measures on their blocks."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from colab_training.jpeg_originals import Original, large_enough, random_of
from colab_training.region_consistency.settings import RegionSettings
from colab_training.region_consistency.splices import Made, make
from metadata_svc.history.luma import BLOCK_PX, Luma, decoded
from metadata_svc.history.reading import HistoryReading, measure_history
from metadata_svc.history.regions import cell_features, signal_maps
from metadata_svc.reading.jpeg import luminance_steps

_PASTED = 0.5


@dataclass(frozen=True)
class Example:
    """One picture. `pasted` is (rows, columns) of blocks, all False when it is untouched; all True of a spliced file."""

    source: str
    file: str
    side_px: int
    quality: int
    host_quality: int
    pasted: NDArray[np.bool_]
    maps: NDArray[np.float16]
    """(signals, rows, columns), by `signal_maps`."""
    history: HistoryReading
    dataset: str = ""
    """Name of the group of files that it is one of, as it is; empty for what was made here."""

    @property
    def fake(self) -> bool:
        """Whether anything was pasted."""
        return bool(self.pasted.any())

    def features(self) -> NDArray[np.float32]:
        """(rows, columns, features) for the network."""
        return cell_features(self.maps.astype(np.float32), self.history)


def measure_all(files: Sequence[Original], settings: RegionSettings, processes: int) -> list[Example]:
    """Makes and measures every example; donors come from the host's own source. Depends on the files' names alone."""
    jobs = []
    for side_px, copies in zip(settings.sides_px, settings.copies, strict=True):
        able = large_enough(files, side_px)
        for host in able:
            donors = [file for file in able if file.source == host.source and file.path != host.path]
            jobs += [(host, donors, side_px, copy) for copy in range(copies) if donors]
    # A fork of a process in which OpenCV has had threads would wait for them for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=processes, mp_context=context) as pool:
        answers = list(tqdm(pool.map(_measure, jobs, chunksize=8), "measuring", total=len(jobs), mininterval=20))
    return [example for answer in answers for example in answer]


def luma_of_file(data: bytes) -> Luma:
    """The brightness of a JPEG file. Raises ValueError when it has no table, UndecodableMedia."""
    steps = luminance_steps(data)
    if steps is None:
        raise ValueError("the file names no quantisation table; make it again")
    return decoded(np.frombuffer(data, np.uint8), steps)


def example_of(made: Made, source: str, file: str) -> Example:
    """What serving measures on a made picture."""
    luma = luma_of_file(made.data)
    history = measure_history(luma)
    maps = signal_maps(luma, history)
    rows, columns = maps.shape[1:]
    share = cv2.resize(
        made.mask[: rows * BLOCK_PX, : columns * BLOCK_PX], (columns, rows), interpolation=cv2.INTER_AREA
    )
    return Example(
        source,
        file,
        made.mask.shape[0],
        made.quality,
        made.host_quality,
        share > _PASTED,
        maps.astype(np.float16),
        history,
    )


def _measure(job: tuple[Original, Sequence[Original], int, int]) -> list[Example]:
    cv2.setNumThreads(1)
    host, donors, side_px, copy = job
    rng = random_of(host, side_px, copy)
    donor = donors[int(rng.integers(len(donors)))]
    pair = (make(host, donor, side_px, rng), make(host, None, side_px, rng))
    return [example_of(made, host.source, host.path.name) for made in pair]
