"""Suppression in plain torch, and torchvision beside a torch that its operators were not built for."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")
pytest.importorskip("ultralytics", reason="the training environment is not installed")

from colab_training.face_finder.vision_operators import ensure_torchvision, nms  # noqa: E402 - needs torch

BOXES = torch.tensor([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 10, 4]], dtype=torch.float32)
SCORES = torch.tensor([0.6, 0.9, 0.5, 0.8])


def test_of_boxes_that_overlap_the_best_is_kept() -> None:
    assert nms(BOXES, SCORES, 0.5).tolist() == [1, 3, 2]


def test_a_higher_limit_keeps_more() -> None:
    assert nms(BOXES, SCORES, 0.9).tolist() == [1, 3, 0, 2]


def test_no_boxes_are_no_trouble() -> None:
    assert nms(torch.zeros(0, 4), torch.zeros(0), 0.5).tolist() == []


def test_torchvision_is_there_and_suppresses_alike() -> None:
    ensure_torchvision()
    import torchvision

    assert torchvision.ops.nms(BOXES, SCORES, 0.5).tolist() == nms(BOXES, SCORES, 0.5).tolist()
