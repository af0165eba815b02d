from __future__ import annotations

import cv2
import numpy as np
import protovalidate

from metadata_svc.cues import region_consistency
from metadata_svc.history.pixels import Pixels
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.histories import again, pixels_of, saved, scenery, shipped_region_model
from tests.support.metadata_files import jpeg

SIDE_PX = 512


def opened(data: bytes) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))


def spliced() -> bytes:
    """A picture that was a JPEG, with a square of one that was not, pasted at (128, 96) to (288, 256)."""
    host, other = opened(saved(scenery(SIDE_PX), 60)), scenery(SIDE_PX, seed=3)
    host[96:256, 128:288] = other[96:256, 128:288]
    return saved(host, 92)


def examine(data: bytes, orientation: int = 1) -> evidence_pb2.Evidence:
    return region_consistency.examine(read_facts(jpeg()), pixels_of(data, orientation), shipped_region_model())


def test_a_pasted_part_is_found_and_pointed_at() -> None:
    evidence = examine(spliced())
    assert evidence.finding.reason.code == "regions_differ"
    protovalidate.validate(evidence)
    box = evidence.finding.regions[0].box
    assert abs(box.x_min - 0.25) < 0.1
    assert abs(box.y_max - 0.5) < 0.1


def test_the_map_is_strongest_where_it_was_pasted() -> None:
    found = examine(spliced()).finding.map
    values = np.frombuffer(found.values, np.uint8).reshape(found.height, found.width)
    assert values[14:30, 18:34].mean() > 2 * values[40:, :].mean()


def test_the_map_lies_over_the_picture_as_shown() -> None:
    found = examine(spliced(), orientation=6).finding.map
    values = np.frombuffer(found.values, np.uint8).reshape(found.height, found.width)
    assert values[18:34, 34:50].mean() > 2 * values[:, :24].mean()  # turned clockwise: the top is at the right


def test_one_history_is_not_suspicious() -> None:
    ratio = examine(again(saved(scenery(SIDE_PX), 60), 92)).finding.log_likelihood_ratio
    assert ratio < examine(spliced()).finding.log_likelihood_ratio
    assert ratio < 0.5


def test_the_ratio_is_capped() -> None:
    limit = shipped_region_model().calibration.limit
    assert abs(examine(spliced()).finding.log_likelihood_ratio) <= limit <= 2


def test_small_and_strongly_compressed_pictures_are_refused() -> None:
    small, coarse = examine(saved(scenery(128), 90)), examine(saved(scenery(SIDE_PX), 40))
    assert small.abstention.reason == evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL
    assert coarse.abstention.reason == evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED


def test_what_could_not_be_decoded_has_nothing_to_read() -> None:
    found = region_consistency.examine(read_facts(jpeg()), Pixels(None), shipped_region_model())
    assert found.abstention.reason == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


def test_the_same_file_gives_the_same_opinion() -> None:
    assert examine(spliced()) == examine(spliced())
