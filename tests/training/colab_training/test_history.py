"""The course of a training survives interruptions."""

from __future__ import annotations

from pathlib import Path

from colab_training.history import course, note


def test_a_course_has_one_value_for_each_epoch(tmp_path: Path) -> None:
    note(tmp_path / "run.pt", 1, loss=0.7, auc=0.5)
    note(tmp_path / "run.pt", 2, loss=0.6, auc=0.8)
    assert course(tmp_path / "run.pt") == {"loss": [0.7, 0.6], "auc": [0.5, 0.8]}


def test_an_epoch_that_was_run_twice_counts_once(tmp_path: Path) -> None:
    for epoch, loss in ((1, 0.7), (2, 9.0), (2, 0.6)):
        note(tmp_path / "new" / "run.pt", epoch, loss=loss)
    assert course(tmp_path / "new" / "run.pt") == {"loss": [0.7, 0.6]}
