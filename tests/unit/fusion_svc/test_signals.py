from __future__ import annotations

import pytest
from google.protobuf import duration_pb2

from fusion_svc.catalogue import catalogue_for
from fusion_svc.fuse import weigh
from fusion_svc.signals import Signals
from telltale.common.v1 import evidence_pb2, faces_pb2
from tests.support.fusion import PARAMETERS, TIMED_PARAMETERS, a_finding, a_span, a_timeline

LOWER_LEFT = faces_pb2.NormalizedBox(x_min=0.05, y_min=0.7, x_max=0.2, y_max=0.9)


def pointing(
    entry: evidence_pb2.Evidence, track_id: int | None = None, time_s: int | None = None
) -> evidence_pb2.Evidence:
    """Evidence that points at the lower left of the picture."""
    moment = None if time_s is None else duration_pb2.Duration(seconds=time_s)
    entry.finding.regions.append(
        evidence_pb2.Region(box=LOWER_LEFT, strength=0.9, track_id=track_id, time_offset=moment)
    )
    return entry


def texts(*evidence: evidence_pb2.Evidence, media: str = "image", language: str = "en") -> list[str]:
    parameters = PARAMETERS if media == "image" else TIMED_PARAMETERS
    signals = Signals(catalogue_for(language), media, weigh(evidence, parameters), evidence)
    return [entry.text for entry in signals.sentences()]


@pytest.mark.parametrize(("ratio", "side"), [(3.0, "for manipulation"), (-3.0, "against"), (0.0, "neither for nor")])
def test_a_test_that_weighs_nothing_is_listed_on_its_own_side(ratio: float, side: str) -> None:
    found = (a_finding("never_heard_of", ratio),)
    [told] = Signals(catalogue_for("en"), "image", weigh(found, PARAMETERS), found).contributions()
    assert f"speaks {side}" in told.text


def test_a_part_of_the_picture_is_told_by_its_place() -> None:
    assert "It shows most clearly in the lower left of the picture." in texts(pointing(a_finding("alpha", 3.0)))[0]


def test_a_face_is_told_as_a_face_and_by_number_only_where_there_are_several() -> None:
    alone, other = pointing(a_finding("alpha", 3.0), 1), pointing(a_finding("beta", -3.0), 0)
    assert "on the face in the lower left of the picture." in texts(alone)[0]
    assert "on the face of person 2, in the lower left of the picture." in texts(alone, other)[0]


def test_a_place_is_told_once() -> None:
    told = texts(pointing(a_finding("alpha", 3.0), 0), pointing(a_finding("beta", 3.0), 0))
    assert ["lower left" in text for text in told] == [True, False]


def test_what_speaks_against_manipulation_is_at_no_place() -> None:
    assert "lower left" not in texts(pointing(a_finding("alpha", -3.0), 0))[0]


def test_in_a_video_the_moment_is_told_and_the_person_once() -> None:
    entry = pointing(a_timeline("alpha", a_span(0, 4, 4.0, 1), a_span(0, 4, -4.0, 0)), 1, time_s=3)
    [told] = texts(entry, media="video")
    assert told.startswith("Person 2, from 0:00.0 to 0:04.0: ")
    assert "It shows most clearly at 0:03.0, on the face in the lower left of the picture." in told


def test_where_nothing_is_suspicious_the_stretch_is_told_as_the_least_calm_one() -> None:
    [told] = texts(a_timeline("alpha", a_span(0, 8, -4.0, 0), a_span(8, 12, -2.0, 0)), media="video")
    assert told.startswith("Even in the most suspicious part (person 1, 0:08.0 to ")


def test_what_speaks_for_manipulation_in_a_calm_video_is_told_with_its_stretch_alone() -> None:
    told = texts(a_timeline("alpha", a_span(0, 4, -4.0, 0)), a_timeline("beta", a_span(0, 4, 2.0, 0)), media="video")
    assert [text.partition(" ")[0] for text in told] == ["Even", "Person"]


def test_what_was_heard_is_at_no_place() -> None:
    parameters = TIMED_PARAMETERS.model_copy(update={"weights": {"voice_spoof": 1.0}})
    found = (pointing(a_finding("voice_spoof", 3.0), 0),)
    [told] = Signals(catalogue_for("en"), "video", weigh(found, parameters), found).sentences()
    assert "picture" not in told.text
    assert "place" not in told.parameters


def test_machines_get_place_and_box() -> None:
    found = (pointing(a_finding("alpha", 3.0)),)
    [told] = Signals(catalogue_for("de"), "image", weigh(found, PARAMETERS), found).sentences()
    assert told.parameters["place"] == "lower_left"
    assert told.parameters["box"] == "0.050,0.700,0.200,0.900"
    assert "Am deutlichsten zeigt es sich unten links im Bild." in told.text
