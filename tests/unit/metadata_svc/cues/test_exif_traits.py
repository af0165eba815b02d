from __future__ import annotations

from typing import Any

import pytest

from metadata_svc.cues.exif_traits import TRAITS, traits_of
from metadata_svc.unsandboxed import read_facts
from tests.support.metadata_files import CANON, DATA, jpeg, needs_data, png

TAKEN = "2020:05:09 10:00:00"
DATES = {"DateTime": TAKEN, "DateTimeOriginal": TAKEN, "DateTimeDigitized": TAKEN}


def traits(tags: dict[str, object], **options: Any) -> dict[str, float]:
    found = traits_of(read_facts(jpeg({**CANON, **tags}, **options)))
    assert found is not None
    return found


def test_tags_that_a_library_wrote_lack_what_cameras_write() -> None:
    found = traits(DATES)
    assert found["mandatory_missing"] == found["exposure_missing"] == found["preview_missing"] == 1.0
    assert (found["dates_missing"], found["dates_apart"], found["saved_later"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("tags", "trait", "value"),
    [
        ({}, "dates_missing", 1.0),
        ({}, "maker_note_missing", 1.0),
        ({"MakerNote": b"Canon has no signature"}, "maker_note_missing", 0.0),
        ({"MakerNote": b"Nikon\0\2\0\0\0"}, "maker_note_foreign", 1.0),
        ({"MakerNote": b"\7\0\1\0\3\0"}, "maker_note_foreign", 0.0),
        ({"Make": "FUJIFILM", "Model": "X100", "MakerNote": b"FUJIFILM\x0c"}, "maker_note_foreign", 0.0),
        ({"Make": "FUJIFILM", "Model": "X100", "MakerNote": b"\7\0\1\0\3\0"}, "maker_note_foreign", 1.0),
        ({**DATES, "DateTimeDigitized": "2020:05:09 10:00:01"}, "dates_apart", 1.0),
        ({**DATES, "DateTime": "2020:05:09 10:02:00"}, "saved_later", 1.0),
        ({**DATES, "DateTime": "2020:05:09 10:00:30"}, "saved_later", 0.0),
    ],
)
def test_a_habit_is_asked_for(tags: dict[str, object], trait: str, value: float) -> None:
    assert traits(tags)[trait] == value


def test_a_place_at_zero_is_odd_and_one_on_land_is_not() -> None:
    assert traits(DATES, gps_deg=(0, 0))["position_odd"] == 1.0
    assert traits(DATES, gps_deg=(48, 16))["position_odd"] == 0.0


def test_every_trait_lies_between_zero_and_one() -> None:
    found = traits({**DATES, "MakerNote": b"x" * 20}, gps_deg=(48, 16))
    assert set(found) == {trait.__name__ for trait in TRAITS}
    assert all(0.0 <= value <= 1.0 for value in found.values())


@pytest.mark.parametrize("data", [jpeg(), jpeg({"Software": "x"}), png()])
def test_only_a_jpeg_that_names_a_camera_is_asked(data: bytes) -> None:
    mime_type = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    assert traits_of(read_facts(data, mime_type)) is None


@needs_data
def test_an_untouched_camera_file_has_no_trait_at_all() -> None:
    found = traits_of(read_facts((DATA / "exif" / "meta_drewnoakes__FujiFilm_FinePix40i.jpg").read_bytes()))
    assert found == {trait.__name__: 0.0 for trait in TRAITS}
