from __future__ import annotations

import pytest

pytest.importorskip("scipy", reason="the training dependencies are not installed")

from colab_training.exif_anomaly.block import block_of, parse, with_exif, written
from metadata_svc.cues import exif_reader
from metadata_svc.reading import jpeg as jpeg_reading
from metadata_svc.reading import tiff
from tests.support.metadata_files import CANON, DATA, jpeg, needs_data

PHOTO = jpeg({**CANON, "DateTimeOriginal": "2020:01:01 10:00:00", "MakerNote": b"Nikon\0\2"}, gps_deg=(48, 16))


def test_a_block_is_put_together_as_it_was() -> None:
    exif = jpeg_reading.blocks(PHOTO).exif
    assert tiff.read(written(parse(exif))) == tiff.read(exif)


def test_another_block_takes_the_place_of_the_first() -> None:
    block = block_of(PHOTO)
    block.put_text(tiff.IFD0, 0x0110, "another model")
    tags = {
        tag["name"]: tag["value"]
        for tag in exif_reader.read(jpeg_reading.blocks(with_exif(PHOTO, written(block))).exif)["tags"]
    }
    assert (tags["Make"], tags["Model"]) == ("Canon", "another model")


def test_a_picture_without_a_block_gets_one() -> None:
    assert (
        jpeg_reading.blocks(with_exif(jpeg(), jpeg_reading.blocks(PHOTO).exif)).exif == jpeg_reading.blocks(PHOTO).exif
    )


@needs_data
@pytest.mark.parametrize("name", ["meta_drewnoakes__Kodak_DX4330.jpg", "meta_drewnoakes__Panasonic_DMC-LC40.jpg"])
def test_a_camera_file_keeps_its_layout_and_its_preview(name: str) -> None:
    exif = jpeg_reading.blocks((DATA / "exif" / name).read_bytes()).exif
    again = written(parse(exif))
    assert tiff.preview(again) == tiff.preview(exif) != b"" or "LC40" in name
    assert tiff.read(again)["directories"][tiff.EXIF] == tiff.read(exif)["directories"][tiff.EXIF]  # type: ignore[index]
