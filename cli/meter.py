"""Bars on a terminal: one for all files, and one for every video or recording under way, since these take their time."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from cli.plain import plain
from telltale.gateway.v1 import resources_pb2

_NAME_LENGTH = 32

UnderWay = resources_pb2.Analysis | resources_pb2.AnalysisOperation
"""What has the progress of each detector."""


class Meter:
    """Moves the bars of a `Progress`."""

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._all = progress.add_task("judging", total=files)
        self._long: dict[Path, TaskID] = {}

    def step(self, path: Path, analysis: UnderWay) -> None:
        """A file's analysis is so far."""
        if path not in self._long:
            self._long[path] = self._progress.add_task(plain(path.name[-_NAME_LENGTH:]), total=1.0)
        self._progress.update(self._long[path], completed=done_share(analysis))

    def done(self, path: Path) -> None:
        """A file has its answer."""
        task = self._long.pop(path, None)
        if task is not None:
            self._progress.remove_task(task)
        self._progress.advance(self._all)


def bars(total: int) -> Progress:
    """Bars on standard error; none where nobody looks at them, or nothing is to be done."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal or total == 0)


def done_share(analysis: UnderWay) -> float:
    """How far an analysis is, [0, 1]: the mean of its detectors; one that has ended, however it did, has no work left."""
    ended = (resources_pb2.DETECTOR_STATE_DONE, resources_pb2.DETECTOR_STATE_FAILED)
    shares = [1.0 if each.state in ended else each.done_share for each in analysis.progress]
    return sum(shares) / len(shares) if shares else 0.0
