"""What callers are told, rounded."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.making.rounding import rounded
from kit.convert.evidence import finding
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2, faces_pb2
from telltale.image.v1 import image_service_pb2
from telltale.metadata.v1 import facts_pb2
from tests.support.fake_detectors import face_tracks


def box(*edges: float) -> faces_pb2.NormalizedBox:
    return faces_pb2.NormalizedBox(x_min=edges[0], y_min=edges[1], x_max=edges[2], y_max=edges[3])


def fine() -> evidence_pb2.Evidence:
    return finding(
        "face_spatial",
        1.2345678,
        0.8765432,
        "face_texture_synthetic",
        {},
        regions=[evidence_pb2.Region(box=box(0.12345, 0.2, 0.34567, 0.4), strength=0.777)],
        spans=[evidence_pb2.TimeSpan(log_likelihood_ratio=-0.04)],
        map=evidence_pb2.EvidenceMap(width=2, height=2, values=bytes([0, 100, 200, 255])),
    )


def test_evidence_is_told_in_coarse_steps() -> None:
    told = rounded(fine()).finding
    assert (told.log_likelihood_ratio, told.quality, told.regions[0].strength) == (1.2, 0.9, 0.8)
    assert list(told.map.values) == [0, 102, 204, 255]


def test_a_ratio_that_rounds_to_nothing_has_no_sign() -> None:
    assert str(rounded(fine()).finding.spans[0].log_likelihood_ratio) == "0.0"


def test_what_is_rounded_again_stays() -> None:
    assert rounded(rounded(fine())) == rounded(fine())


def test_the_detectors_own_message_is_left_alone() -> None:
    original = fine()
    rounded(original)
    assert original == fine()


def test_a_small_quality_does_not_become_none() -> None:
    faint = finding("face_spatial", 1.0, 0.001, "face_texture_synthetic", {})
    assert rounded(faint).finding.quality == 0.05


@pytest.mark.parametrize("edges", [(0.5001, 0.5, 0.5002, 0.6), (0.57, 0.0, 0.571, 1.0), (0.0, 0.9999, 1.0, 1.0)])
def test_a_box_grows_and_is_never_empty(edges: tuple[float, ...]) -> None:
    region = evidence_pb2.Region(box=box(*edges), strength=1.0)
    told = rounded(finding("face_spatial", 1.0, 1.0, "some_code", {}, regions=[region])).finding.regions[0].box
    assert told.x_min <= edges[0] < edges[2] <= told.x_max
    assert told.y_min <= edges[1] < edges[3] <= told.y_max
    assert max(edges[0] - told.x_min, told.x_max - edges[2]) < 0.001


def test_faces_are_told_to_a_thousandth_of_the_picture() -> None:
    tracks = face_tracks(is_video=False)
    seen = tracks.tracks[0].observations[0]
    seen.detection_probability = 0.987654
    seen.landmarks.add(x=0.123456, y=-0.01234)
    told = rounded(tracks).tracks[0].observations[0]
    point = told.landmarks[len(told.landmarks) - 1]
    assert (told.detection_probability, point.x, point.y) == (1.0, 0.123, -0.012)


def test_lips_are_told_in_coarse_steps() -> None:
    curve = sound_pb2.LipSyncCurve(offset_ms=39.7, confidence=0.512345)
    curve.distances.add(offset_ms=40, distance=0.87654)
    told = rounded(curve)
    assert (told.offset_ms, told.confidence, told.distances[0].distance) == (40, 0.5, 0.88)


def test_facts_that_were_measured_are_rounded_and_others_are_not() -> None:
    facts = facts_pb2.MetadataFacts(
        jpeg_history=facts_pb2.JpegHistory(aligned_log_likelihood_ratio=3.14159, blocks=777)
    )
    told = rounded(facts)
    assert (told.jpeg_history.aligned_log_likelihood_ratio, told.jpeg_history.blocks) == (3.1, 777)
    assert not told.HasField("thumbnail")


def test_all_levels_of_a_map_are_multiples_of_one_step() -> None:
    shown = evidence_pb2.EvidenceMap(width=16, height=16, values=bytes(range(256)))
    told = rounded(finding("face_spatial", 1.0, 1.0, "some_code", {}, map=shown)).finding.map.values
    assert np.unique(np.frombuffer(told, np.uint8)).size == 16


def test_a_message_without_measured_numbers_is_the_same() -> None:
    assert rounded(image_service_pb2.FaceTracks()) == image_service_pb2.FaceTracks()
    assert rounded(sound_pb2.Soundtrack(codec="aac")) == sound_pb2.Soundtrack(codec="aac")
