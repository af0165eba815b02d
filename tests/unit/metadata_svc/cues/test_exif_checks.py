from __future__ import annotations

from datetime import UTC, datetime

import pytest

from metadata_svc.cues import exif_checks
from metadata_svc.cues.exif_consistency import conflicts
from metadata_svc.unsandboxed import read_facts
from tests.support.metadata_files import CANON, jpeg

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def codes(data: bytes) -> list[str]:
    return [conflict.code for conflict in conflicts(read_facts(data), NOW)]


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        (
            {"DateTimeOriginal": "2020:05:09 10:00:00", "DateTime": "2020:05:01 10:00:00"},
            "exif_original_after_modified",
        ),
        (
            {"DateTimeOriginal": "2020:05:09 10:00:00", "DateTimeDigitized": "2019:05:01 10:00:00"},
            "exif_digitized_before_original",
        ),
        ({"DateTime": "2026:02:01 10:00:00"}, "exif_date_in_future"),
        ({"DateTime": "2020:13:41 10:00:00"}, "exif_date_impossible"),
        ({"ExifImageWidth": 4000, "ExifImageLength": 3000}, "exif_pixel_size"),
        ({**CANON, "DateTimeOriginal": "2020:05:09 10:00:00"}, "exif_maker_note_missing"),
        ({"Make": "Canon", "Model": "NIKON D5000"}, "exif_model_of_other_make"),
    ],
)
def test_a_contradiction_is_named(tags: dict[str, object], code: str) -> None:
    assert codes(jpeg(tags)) == [code]


def test_a_photo_as_a_camera_writes_it_has_no_contradiction() -> None:
    date = "2020:05:09 10:00:00"
    dates = {"DateTime": date, "DateTimeOriginal": date, "DateTimeDigitized": date}
    size = {"ExifImageWidth": 96, "ExifImageLength": 64}
    assert codes(jpeg({**CANON, **dates, **size, "MakerNote": b"\x01" * 40}, gps_deg=(48, 11))) == []


@pytest.mark.parametrize("date", ["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday", ""])
def test_a_date_that_was_never_set_is_no_contradiction(date: str) -> None:
    assert codes(jpeg({"DateTime": date, "DateTimeOriginal": date})) == []


def test_dates_within_a_time_zone_of_each_other_are_no_contradiction() -> None:
    assert codes(jpeg({"DateTimeOriginal": "2020:05:09 10:00:00", "DateTime": "2020:05:08 20:00:00"})) == []


def test_a_turned_picture_has_the_size_that_was_noted() -> None:
    assert codes(jpeg({"ExifImageWidth": 64, "ExifImageLength": 96})) == []


@pytest.mark.parametrize(("position", "expected"), [((91, 0), ["exif_gps_out_of_range"]), ((90, 180), [])])
def test_a_position_must_lie_on_earth(position: tuple[int, int], expected: list[str]) -> None:
    assert codes(jpeg(gps_deg=position)) == expected


@pytest.mark.parametrize(
    ("thumbnail", "conflicting"), [([160, 120], False), ([120, 80], False), ([80, 120], True), ([100, 100], True)]
)
def test_a_preview_has_the_shape_of_its_picture(thumbnail: list[int], conflicting: bool) -> None:
    facts = read_facts(jpeg(size=(96, 64)))
    facts.reading["thumbnail_px"] = thumbnail
    answer = exif_checks.thumbnail_shape(facts, NOW)
    assert isinstance(answer, exif_checks.Conflict) == conflicting


def test_a_dcf_preview_of_a_picture_that_was_cut_upright_contradicts_it() -> None:
    facts = read_facts(jpeg(size=(64, 96)))
    facts.reading["thumbnail_px"] = [160, 120]
    assert isinstance(exif_checks.thumbnail_shape(facts, NOW), exif_checks.Conflict)


def test_a_camera_model_in_xmp_must_be_the_one_in_exif() -> None:
    facts = read_facts(jpeg(CANON))
    facts.reading["tags"].append({"group": "XMP", "name": "Model", "value": "iPhone 12"})
    assert isinstance(exif_checks.model_differs_from_xmp(facts, NOW), exif_checks.Conflict)


def test_nothing_is_asked_of_a_picture_without_exif() -> None:
    facts = read_facts(jpeg())
    assert {check(facts, NOW) for check in exif_checks.CHECKS} == {exif_checks.Outcome.NOT_ASKED}
