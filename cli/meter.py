"""Bars on a terminal: one for all files, and one for every video or recording under way, since these take their time."""

from __future__ import annotations

from pathlib import Path

from rich.progress import Progress, TaskID

from telltale.gateway.v1 import resources_pb2

_NAME_LENGTH = 32


class Meter:
    """Moves the bars of a `Progress`."""

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._all = progress.add_task("judging", total=files)
        self._long: dict[Path, TaskID] = {}

    def step(self, path: Path, analysis: resources_pb2.Analysis) -> None:
        """A file's analysis is so far."""
        if path not in self._long:
            self._long[path] = self._progress.add_task(path.name[-_NAME_LENGTH:], total=1.0)
        self._progress.update(self._long[path], completed=done_share(analysis))

    def done(self, path: Path) -> None:
        """A file has its answer."""
        task = self._long.pop(path, None)
        if task is not None:
            self._progress.remove_task(task)
        self._progress.advance(self._all)


def done_share(analysis: resources_pb2.Analysis) -> float:
    """How far an analysis is, [0, 1]: the mean of its detectors; one that has ended, however it did, has no work left."""
    ended = (resources_pb2.DETECTOR_STATE_DONE, resources_pb2.DETECTOR_STATE_FAILED)
    shares = [1.0 if each.state in ended else each.done_share for each in analysis.progress]
    return sum(shares) / len(shares) if shares else 0.0
