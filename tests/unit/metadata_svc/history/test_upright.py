from __future__ import annotations

import dataclasses

import numpy as np
import protovalidate
import pytest

from kit.media.tasks import _upright
from metadata_svc.history.luma import MOST_PX, Luma
from metadata_svc.history.upright import area_of, map_of, regions_of, upright


def luma(width_px: int = 96, height_px: int = 64, orientation: int = 1) -> Luma:
    plane = np.zeros((height_px, width_px), np.uint8)
    return Luma(plane, np.ones((8, 8), np.int64), 0, 0, width_px, height_px, orientation)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_grid_turns_as_the_picture_does(orientation: int) -> None:
    grid = np.arange(6.0).reshape(2, 3)
    turned = _upright(grid.astype(np.uint8), orientation)
    assert upright(grid, orientation).tolist() == turned.tolist()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_area_turns_with_the_grid(orientation: int) -> None:
    part = dataclasses.replace(luma(64, 32, orientation), left_px=8, top_px=24, width_px=160, height_px=80)
    marked = np.zeros((10, 20), np.uint8)
    marked[3:7, 1:9] = 1
    rows, columns = np.nonzero(upright(marked.astype(float), orientation))
    box, (height, width) = area_of(part), upright(marked.astype(float), orientation).shape
    assert (box.x_min, box.y_min) == pytest.approx((columns.min() / width, rows.min() / height))
    assert (box.x_max, box.y_max) == pytest.approx(((columns.max() + 1) / width, (rows.max() + 1) / height))


def test_a_map_covers_the_whole_blocks() -> None:
    found = map_of(np.full((8, 12), 0.5), luma(100, 70))
    assert (found.width, found.height) == (12, 8)
    assert (found.area.x_max, found.area.y_max) == pytest.approx((0.96, 64 / 70))


def test_regions_are_the_large_parts_strongest_first() -> None:
    grid = np.zeros((8, 12))
    grid[:4, :4], grid[5:8, 8:12], grid[0, 11] = 0.7, 0.9, 1.0
    found = regions_of(grid, 0.5, luma())
    assert [region.strength for region in found] == pytest.approx([1.0, 7 / 9])
    assert (found[1].box.x_min, found[1].box.x_max, found[1].box.y_max) == pytest.approx((0, 4 / 12, 0.5))
    for region in found:
        protovalidate.validate(region)


def test_of_a_large_picture_the_middle_is_looked_at() -> None:
    part = luma(MOST_PX + 320, 64).middle(MOST_PX)
    assert part.plane.shape == (64, MOST_PX)
    assert (part.left_px, part.top_px) == (160, 0)
