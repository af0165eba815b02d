from __future__ import annotations

import numpy as np
import protovalidate
import pytest
from google.protobuf.duration_pb2 import Duration

from kit.convert.evidence import abstention, evidence_map, finding, map_of_crop, normalized_box
from telltale.common.v1 import evidence_pb2


def test_a_finding_keeps_the_contract_and_all_it_is_given() -> None:
    region = evidence_pb2.Region(box=normalized_box((0, 0, 5, 5), 10, 10), strength=1)
    grid = evidence_map(np.ones((2, 3)))
    span = evidence_pb2.TimeSpan(
        start=Duration(seconds=1), end=Duration(seconds=2), log_likelihood_ratio=2.5, track_id=3
    )
    evidence = finding("noise", 1.5, 0.5, "noise_differs", {"faces": "2"}, regions=[region], spans=[span], map=grid)
    protovalidate.validate(evidence)
    assert evidence.finding.log_likelihood_ratio == 1.5
    assert evidence.finding.reason.parameters["faces"] == "2"
    assert (len(evidence.finding.regions), evidence.finding.map.width) == (1, 3)
    assert list(evidence.finding.spans) == [span]


def test_a_finding_without_a_map_has_none() -> None:
    assert not finding("noise", 0, 1, "noise_differs", {}).finding.HasField("map")


def test_an_abstention_keeps_the_contract() -> None:
    evidence = abstention("noise", evidence_pb2.ABSTENTION_REASON_NO_FACE, {})
    protovalidate.validate(evidence)
    assert evidence.WhichOneof("outcome") == "abstention"


@pytest.mark.parametrize(
    ("box_px", "expected"),
    [
        ((10, 20, 50, 60), (0.1, 0.1, 0.5, 0.3)),
        ((-5, -5, 500, 500), (0, 0, 1, 1)),
        ((99.9, 0, 120, 10), (0.99, 0, 1, 0.05)),
        ((-30, 0, -10, 10), (0, 0, 0.01, 0.05)),
        ((40, 5, 40, 5), (0.4, 0.025, 0.41, 0.03)),
    ],
)
def test_boxes_are_clipped_to_the_picture_and_never_empty(
    box_px: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    box = normalized_box(box_px, 100, 200)
    protovalidate.validate(box)
    assert (box.x_min, box.y_min, box.x_max, box.y_max) == pytest.approx(expected)


def test_a_map_holds_a_byte_for_each_cell_row_by_row() -> None:
    grid = evidence_map(np.asarray([[0.0, 0.5, 1.0], [2.0, -1.0, 0.2]]))
    assert (grid.height, grid.width) == (2, 3)
    assert list(grid.values) == [0, 128, 255, 255, 0, 51]


def test_a_large_map_is_averaged_down_to_the_limit() -> None:
    grid = evidence_map(np.tile([0.0, 1.0], (100, 512)))
    protovalidate.validate(grid)
    assert (grid.height, grid.width) == (100, 512)
    assert set(grid.values) == {128}


def test_the_map_of_a_crop_inside_the_picture_covers_the_crop() -> None:
    grid = map_of_crop(np.ones((4, 4)), (20, 40, 60, 80), 100, 100)
    assert (grid.width, grid.height) == (4, 4)
    assert (grid.area.x_min, grid.area.y_max) == pytest.approx((0.2, 0.8))


def test_the_map_of_a_crop_beyond_the_edge_loses_the_cells_outside() -> None:
    values = np.asarray([[0.0, 0.0, 1.0, 1.0]] * 4)
    grid = map_of_crop(values, (-20, 0, 20, 40), 100, 100)
    assert (grid.width, grid.height, set(grid.values)) == (2, 4, {255})
    assert (grid.area.x_min, grid.area.x_max) == pytest.approx((0, 0.2))
