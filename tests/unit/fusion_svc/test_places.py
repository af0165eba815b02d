from __future__ import annotations

import math

import pytest
from google.protobuf import duration_pb2

from fusion_svc.places import Spot, people, spot
from fusion_svc.segments import Stretch
from fusion_svc.sentences import PLACES
from telltale.common.v1 import evidence_pb2, faces_pb2
from tests.support.fusion import a_finding, a_span, a_timeline

STRETCH = Stretch(2.0, 6.0, 1, 3.0)
UPPER_LEFT, LOWER_RIGHT = (0.05, 0.05, 0.25, 0.3), (0.7, 0.7, 0.95, 0.9)


def a_box(*edges: float) -> faces_pb2.NormalizedBox:
    left, top, right, bottom = edges
    return faces_pb2.NormalizedBox(x_min=left, y_min=top, x_max=right, y_max=bottom)


def a_region(
    edges: tuple[float, float, float, float],
    strength: float = 1.0,
    track_id: int | None = None,
    time_s: int | None = None,
) -> evidence_pb2.Region:
    moment = None if time_s is None else duration_pb2.Duration(seconds=time_s)
    return evidence_pb2.Region(box=a_box(*edges), strength=strength, track_id=track_id, time_offset=moment)


def found(*regions: evidence_pb2.Region, stretch: Stretch | None = None) -> Spot | None:
    return spot(evidence_pb2.Finding(regions=regions), stretch)


def test_each_ninth_of_the_picture_has_a_name() -> None:
    thirds = [0.1, 0.4, 0.8]
    spots = [found(a_region((left, top, left + 0.1, top + 0.1))) for top in thirds for left in thirds]
    assert [each and each.place for each in spots] == list(PLACES)


def test_the_strongest_region_is_told() -> None:
    told = found(a_region(UPPER_LEFT, 0.4, 0), a_region(LOWER_RIGHT, 0.9, 2))
    assert told == Spot("lower_right", LOWER_RIGHT, 2)
    assert told.machine_values == {"place": "lower_right", "box": "0.700,0.700,0.950,0.900"}


@pytest.mark.parametrize(
    "edges",
    [
        (0.1, 0.1, 0.9, 0.95),
        (-0.5, 0.1, 0.2, 0.3),
        (0.5, 0.5, 1.5, 0.7),
        (0.4, 0.1, 0.2, 0.3),
        (math.nan, 0.1, 0.2, 0.3),
    ],
    ids=["nearly everywhere", "outside left", "outside right", "reversed", "no number"],
)
def test_what_is_at_no_place_in_the_picture_is_not_told(edges: tuple[float, float, float, float]) -> None:
    assert found(a_region(edges)) is None


@pytest.mark.parametrize("strength", [0.0, -1.0, 7.0, math.nan])
def test_a_region_without_a_strength_is_not_told(strength: float) -> None:
    assert found(a_region(UPPER_LEFT, strength)) is None


def test_of_a_stretch_only_its_own_moments_and_its_own_person_are_told() -> None:
    regions = [
        a_region(UPPER_LEFT, 0.9, track_id=1, time_s=9),
        a_region(UPPER_LEFT, 0.8, track_id=0, time_s=3),
        a_region(UPPER_LEFT, 0.7, track_id=1),
        a_region(LOWER_RIGHT, 0.5, track_id=1, time_s=4),
    ]
    assert found(*regions, stretch=STRETCH) == Spot("lower_right", LOWER_RIGHT, 1, 4.0)
    assert found(*regions[:3], stretch=STRETCH) is None


def a_map(*rows: list[int], area: faces_pb2.NormalizedBox | None = None) -> evidence_pb2.Finding:
    values = bytes(value for row in rows for value in row)
    response = evidence_pb2.EvidenceMap(width=len(rows[0]), height=len(rows), values=values, area=area)
    return evidence_pb2.Finding(map=response)


def test_without_regions_the_peak_of_the_map_is_told() -> None:
    told = spot(a_map([0, 0, 9], [0, 0, 250], [0, 0, 9]), None)
    assert told is not None
    assert (told.place, told.track_id) == ("right", None)


def test_a_map_lies_where_its_area_says() -> None:
    told = spot(a_map([0, 255], [0, 0], area=a_box(0.0, 0.6, 0.5, 1.0)), None)
    assert told is not None
    assert told.place == "lower"


@pytest.mark.parametrize(
    "finding",
    [
        a_map([255, 0, 0], [0, 0, 0], [0, 0, 255]),
        a_map([0, 0], [0, 0]),
        evidence_pb2.Finding(map=evidence_pb2.EvidenceMap(width=9, height=9, values=b"12")),
        evidence_pb2.Finding(map=evidence_pb2.EvidenceMap()),
        evidence_pb2.Finding(),
    ],
    ids=["peaks everywhere", "no response", "torn", "empty", "none"],
)
def test_a_map_that_points_nowhere_is_not_told(finding: evidence_pb2.Finding) -> None:
    assert spot(finding, None) is None


def test_people_are_counted_over_all_tests() -> None:
    face = a_finding("alpha", 1.0)
    face.finding.regions.append(a_region(UPPER_LEFT, track_id=4))
    assert people([face, a_timeline("beta", a_span(0, 1, 1.0, 0), a_span(0, 1, 1.0, None))]) == 2
