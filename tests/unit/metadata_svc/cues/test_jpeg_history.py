from __future__ import annotations

import dataclasses

import pytest

from metadata_svc.cues import jpeg_history
from metadata_svc.facts import Facts
from metadata_svc.history.pixels import Pixels
from metadata_svc.unsandboxed import read_facts
from telltale.common.v1 import evidence_pb2
from tests.support.histories import again, history_model, luma_of, pixels_of, saved, scenery
from tests.support.metadata_files import CANON, jpeg

TWICE = again(saved(scenery(), 60), 90)
CROPPED = again(saved(scenery(), 60), 90, (3, 5))


def facts_of(camera: bool) -> Facts:
    return read_facts(jpeg(CANON if camera else None))


def examine(data: bytes, *, camera: bool = True) -> evidence_pb2.Evidence:
    return jpeg_history.examine(facts_of(camera), pixels_of(data), history_model())


@pytest.mark.parametrize(
    ("data", "code"), [(TWICE, "jpeg_saved_before"), (CROPPED, "jpeg_cropped_after_saving")], ids=["same", "other"]
)
def test_an_earlier_compression_contradicts_a_named_camera_a_little(data: bytes, code: str) -> None:
    found = examine(data).finding
    assert found.reason.code == code
    assert 0 < found.log_likelihood_ratio <= history_model().parameters.cue_limit <= 0.5
    assert int(found.reason.parameters["first_quality"]) == pytest.approx(60, abs=2)


@pytest.mark.parametrize("data", [TWICE, CROPPED], ids=["same", "other"])
def test_saved_twice_without_a_camera_is_no_opinion(data: bytes) -> None:
    found = examine(data, camera=False).abstention
    assert found.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert int(found.parameters["first_quality"]) == pytest.approx(60, abs=2)


def test_compressed_once_is_no_opinion_on_a_camera() -> None:
    found = examine(saved(scenery(256), 90)).abstention
    assert found.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert found.parameters["history"] == "none found"


def test_the_facts_name_quality_and_grid() -> None:
    found = jpeg_history.read(pixels_of(CROPPED), history_model())
    assert found is not None
    assert found.shifted_log_likelihood_ratio > found.aligned_log_likelihood_ratio
    assert (found.grid_offset_x_px, found.grid_offset_y_px, found.blocks) == (5, 3, 1024)


def test_a_flat_picture_has_nothing_to_measure() -> None:
    flat = saved(scenery() // 64 + 100, 60)
    assert examine(flat).abstention.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
    assert jpeg_history.read(pixels_of(flat), history_model()) is None


def test_small_and_strongly_compressed_pictures_are_refused() -> None:
    small, coarse = examine(saved(scenery(72), 90)), examine(saved(scenery(), 30))
    assert small.abstention.reason == evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL
    assert coarse.abstention.reason == evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED


def test_what_could_not_be_decoded_has_nothing_to_read() -> None:
    found = jpeg_history.examine(facts_of(True), Pixels(None), history_model())
    assert found.abstention.reason == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


def test_brightness_of_other_colours_is_not_believed() -> None:
    luma = luma_of(TWICE)
    foreign = Pixels(dataclasses.replace(luma, steps=luma.steps * 2 + 1))
    found = jpeg_history.examine(facts_of(True), foreign, history_model())
    assert found.abstention.reason == evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ


def test_other_types_are_not_applicable() -> None:
    facts = dataclasses.replace(facts_of(True), mime_type="image/png")
    found = jpeg_history.examine(facts, Pixels(None), history_model())
    assert found.abstention.reason == evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE
