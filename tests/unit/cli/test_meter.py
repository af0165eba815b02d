from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from cli.meter import Meter, done_share
from telltale.gateway.v1 import resources_pb2


def under_way(*shares: float) -> resources_pb2.Analysis:
    steps = [resources_pb2.DetectorProgress(done_share=share) for share in shares]
    return resources_pb2.Analysis(progress=steps)


def test_an_analysis_is_as_far_as_its_detectors_on_average() -> None:
    assert done_share(under_way(0.5, 1.0, 0.0)) == 0.5
    assert done_share(resources_pb2.Analysis()) == 0.0


def test_a_detector_that_failed_has_no_work_left() -> None:
    analysis = under_way(0.25, 0.5)
    analysis.progress[0].state = resources_pb2.DETECTOR_STATE_FAILED
    assert done_share(analysis) == 0.75


def test_a_video_has_a_bar_of_its_own_until_it_is_done() -> None:
    progress = Progress(console=Console(file=io.StringIO()))
    meter = Meter(progress, files=2)
    meter.step(Path("a.mp4"), under_way(0.5))
    meter.step(Path("a.mp4"), under_way(0.75))
    assert [(task.description, task.completed) for task in progress.tasks] == [("judging", 0), ("a.mp4", 0.75)]
    meter.done(Path("a.mp4"))
    assert [(task.description, task.completed) for task in progress.tasks] == [("judging", 1)]


def test_a_photo_has_no_bar_of_its_own() -> None:
    progress = Progress(console=Console(file=io.StringIO()))
    Meter(progress, files=1).done(Path("a.jpg"))
    assert [task.completed for task in progress.tasks] == [1]
