from __future__ import annotations

import numpy as np
import pytest

from kit.convert.patches import patch_grid, patch_tensors
from kit.errors import InvalidRequest
from telltale.model.v1 import card_pb2


def asked(count: int = 12, side_px: int = 128) -> card_pb2.ImagePreprocessing:
    return card_pb2.ImagePreprocessing(
        patches=card_pb2.NativePatches(count=count),
        height_px=side_px,
        width_px=side_px,
        interpolation=card_pb2.INTERPOLATION_AREA,
        colour_order=card_pb2.COLOUR_ORDER_RGB,
        mean=[0.0] * 3,
        std=[1.0] * 3,
    )


def test_a_small_picture_is_covered_up_to_a_block_at_its_edge() -> None:
    grid = patch_grid(218, 178, asked())
    covered = np.zeros((218, 178), bool)
    for left, top, right, bottom in grid.boxes_px:
        covered[top:bottom, left:right] = True
    assert len(grid.boxes_px) == 4
    assert covered[: 218 - 7, : 178 - 7].all()


def test_a_large_picture_is_sampled_from_edge_to_edge_by_no_more_patches_than_allowed() -> None:
    grid = patch_grid(3000, 4000, asked())
    assert (len(grid.tops_px), len(grid.lefts_px)) == (3, 4)
    assert grid.cover_px[:2] == (0, 0)
    assert grid.cover_px[2] > 4000 - 8
    assert grid.cover_px[3] > 3000 - 8


@pytest.mark.parametrize(("height", "width", "shape"), [(128, 128, (1, 1)), (128, 2000, (1, 12)), (2000, 128, (12, 1))])
def test_the_grid_has_the_shape_of_the_picture(height: int, width: int, shape: tuple[int, int]) -> None:
    grid = patch_grid(height, width, asked())
    assert (len(grid.tops_px), len(grid.lefts_px)) == shape


def test_patches_begin_on_blocks_of_the_picture() -> None:
    grid = patch_grid(777, 1001, asked())
    assert all(edge % 8 == 0 for edge in (*grid.lefts_px, *grid.tops_px))


def test_pixels_are_left_as_they_are() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (300, 200, 3), dtype=np.uint8)
    grid = patch_grid(300, 200, asked(side_px=64))
    tensors = patch_tensors(picture, grid, asked(side_px=64))
    left, top, right, bottom = grid.boxes_px[-1]
    np.testing.assert_allclose(tensors[-1].transpose(1, 2, 0) * 255, picture[top:bottom, left:right], atol=1e-4)
    assert tensors.shape == (len(grid.boxes_px), 3, 64, 64)


def test_a_picture_smaller_than_a_patch_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="100 x 400 px holds no patch"):
        patch_grid(400, 100, asked())
