from __future__ import annotations

import io
import random
from typing import Any

import pytest
from PIL import Image

from metadata_svc import features
from metadata_svc.cues import exif_reader
from metadata_svc.reading import jpeg
from tests.support.metadata_files import CANON
from tests.support.metadata_files import jpeg as make_jpeg

MAKER_NOTE = b"\x01" * 40


def exif_of(**options: Any) -> bytes:
    return jpeg.blocks(make_jpeg(**options)).exif


def test_tags_position_and_maker_note_are_read() -> None:
    reading = exif_reader.read(exif_of(tags={**CANON, "MakerNote": MAKER_NOTE}, gps_deg=(48, 11)))
    assert {"group": "EXIF IFD0", "name": "Model", "value": "Canon EOS 5D"} in reading["tags"]
    assert (reading["gps_deg"], reading["maker_note_bytes"]) == ([48.0, 11.0], 40)


def test_no_exif_is_empty_and_undamaged() -> None:
    reading = exif_reader.read(b"")
    assert (reading["tags"], reading["damaged"]) == ([], False)


def test_a_directory_that_points_at_itself_ends() -> None:
    looping = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x0f\x01\x02\0\x04\0\0\0abc\0" + b"\x08\0\0\0"
    assert len(exif_reader.read(looping)["tags"]) <= 400


def test_a_subdirectory_that_points_at_its_parent_ends() -> None:
    looping = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" + b"\0\0\0\0"
    assert len(exif_reader.read(looping)["tags"]) <= 400


def test_a_tag_that_claims_billions_of_values_is_not_believed() -> None:
    lying = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x0f\x01\x05\0\xff\xff\xff\x7f\x10\0\0\0" + b"\0\0\0\0"
    assert exif_reader.read(lying)["maker_note_bytes"] == 0


def test_random_damage_never_raises() -> None:
    whole = exif_of(tags={**CANON, "MakerNote": MAKER_NOTE, "UserComment": b"ASCII\0\0\0hello"}, gps_deg=(1, 2))
    dice = random.Random(7)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            damaged[dice.randrange(8, len(damaged))] = dice.randrange(256)
        assert isinstance(exif_reader.read(bytes(damaged))["tags"], list)


def test_a_maker_note_that_claims_billions_of_values_costs_itself_alone() -> None:
    whole = exif_of(tags={**CANON, "MakerNote": MAKER_NOTE})
    at = whole.index(b"\x92\x7c\x00\x01") + 4
    reading = exif_reader.read(whole[:at] + b"\x7f\xff\xff\xff" + whole[at + 4 :])
    assert reading["damaged"]
    assert {"group": "EXIF IFD0", "name": "Model", "value": "Canon EOS 5D"} in reading["tags"]


def test_a_box_that_reaches_to_the_end_of_the_file_is_damage() -> None:
    extended = b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + b"\0\0\0\0meta" + bytes(64)
    reading = exif_reader.read(extended)
    assert (reading["tags"], reading["damaged"]) == ([], True)


@pytest.mark.parametrize(("form", "mime_type"), [("AVIF", "image/avif"), ("WEBP", "image/webp"), ("PNG", "image/png")])
def test_tags_are_read_from_pictures_of_every_kind(form: str, mime_type: str) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "Canon EOS 5D"
    exif.get_ifd(0x8769)[0x9003] = "2020:01:01 10:00:00"
    target = io.BytesIO()
    Image.new("RGB", (64, 48)).save(target, form, exif=exif)
    tags = {tag["name"]: tag["value"] for tag in features.read(target.getvalue(), mime_type)["tags"]}
    assert (tags["Model"], tags["DateTimeOriginal"]) == ("Canon EOS 5D", "2020:01:01 10:00:00")
