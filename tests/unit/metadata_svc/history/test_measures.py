from __future__ import annotations

import numpy as np
import pytest

from metadata_svc.history.aligned import QUALITIES, block_gains, measure_aligned, spectra
from metadata_svc.history.luma import LOW_FREQUENCIES, coefficients, square
from metadata_svc.history.reading import is_on_lattice, measure_history, nearest_quality
from metadata_svc.history.shifted import block_gathering, measure_shifted
from tests.support.histories import again, luma_of, saved, scenery


def test_zigzag_order_becomes_rows() -> None:
    found = square(tuple(range(64)))
    assert found[0, :3].tolist() == [0, 1, 5]
    assert found[:3, 0].tolist() == [0, 2, 3]
    assert [int(found[place]) for place in LOW_FREQUENCIES] == list(range(1, 16))


def test_a_flat_picture_has_only_its_mean() -> None:
    found = coefficients(np.full((17, 30), 138, np.uint8))
    assert found.shape == (8, 2, 3, 8)
    assert found[0, :, :, 0] == pytest.approx(80.0)
    assert np.abs(found[1:]).max() < 1e-3


def test_decoded_brightness_lies_on_the_lattice_of_its_tables() -> None:
    luma = luma_of(saved(scenery(), 80))
    assert is_on_lattice(luma)
    assert nearest_quality(luma) == 80


def test_brightness_that_other_tables_made_is_off_the_lattice() -> None:
    luma = luma_of(saved(scenery(), 80))
    object.__setattr__(luma, "steps", luma.steps * 2 + 1)
    assert not is_on_lattice(luma)


@pytest.mark.parametrize(("first", "second"), [(55, 85), (70, 90), (85, 95), (90, 75)])
def test_the_first_quality_is_told_on_the_same_grid(first: int, second: int) -> None:
    found = measure_aligned(spectra(luma_of(again(saved(scenery(), first), second))))
    assert found.gains.max() > 0.05
    assert found.quality == pytest.approx(first, abs=1)


def test_compressed_once_gains_nothing() -> None:
    found = measure_aligned(spectra(luma_of(saved(scenery(256), 90))))
    assert found.gains[: QUALITIES.index(85)].max() < 0.05


@pytest.mark.parametrize("corner_px", [(3, 5), (7, 1), (4, 4)])
def test_the_older_grid_is_found_where_the_cut_left_it(corner_px: tuple[int, int]) -> None:
    found = measure_shifted(luma_of(again(saved(scenery(), 65), 92, corner_px)))
    assert found.off_both > 10
    assert (found.x_px, found.y_px) == (8 - corner_px[0], 8 - corner_px[1])
    assert found.quality == pytest.approx(65, abs=3)


def test_compressed_once_has_no_older_grid() -> None:
    assert measure_shifted(luma_of(saved(scenery(256), 92))).off_both < 7


def test_blocks_add_up_to_the_whole() -> None:
    found = spectra(luma_of(again(saved(scenery(), 60), 90)))
    whole = measure_aligned(found)
    blocks = block_gains(found, 60)
    assert blocks.mean() == pytest.approx(whole.gains[QUALITIES.index(60)])


def test_blocks_gather_at_the_older_grid() -> None:
    twice = luma_of(again(saved(scenery(), 60), 95, (3, 5)))
    once = luma_of(saved(scenery(256), 95))
    found = measure_shifted(twice)
    assert block_gathering(twice, found).shape == (32, 32)
    assert block_gathering(twice, found).mean() > block_gathering(once, found).mean() + 0.2


def test_the_same_file_gives_the_same_numbers() -> None:
    data = again(saved(scenery(), 60), 90)
    first, second = measure_history(luma_of(data)), measure_history(luma_of(data))
    assert first.aligned_features().tolist() == second.aligned_features().tolist()
    assert first.shifted_features().tolist() == second.shifted_features().tolist()
