from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from metadata_svc.reading import jpeg
from tests.support.metadata_files import jpeg as make_jpeg


def structure(**options: Any) -> jpeg.JpegFacts:
    facts = jpeg.structure(make_jpeg(**options))
    assert facts is not None
    return facts


@pytest.mark.parametrize("quality", [5, 30, 50, 75, 92, 100])
def test_the_quality_of_libjpeg_is_found_again(quality: int) -> None:
    facts = structure(quality=quality)
    assert (facts["quality_estimate"], facts["standard_tables"]) == (quality, True)


def test_tables_of_their_own_are_not_standard() -> None:
    assert not structure(qtables=[[3] * 64, [5] * 64])["standard_tables"]


def test_equal_encoders_share_a_fingerprint_and_others_do_not() -> None:
    assert structure(quality=80)["tables_fingerprint"] == structure(quality=80, size=(8, 8))["tables_fingerprint"]
    assert structure(quality=80)["tables_fingerprint"] != structure(quality=81)["tables_fingerprint"]


@pytest.mark.parametrize(("option", "name"), [(0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")])
def test_the_subsampling_is_named(option: int, name: str) -> None:
    assert structure(subsampling=option)["subsampling"] == name


def test_a_grey_picture_has_no_chroma() -> None:
    buffer = io.BytesIO()
    Image.new("L", (8, 8)).save(buffer, "JPEG")
    facts = jpeg.structure(buffer.getvalue())
    assert facts is not None
    assert (facts["subsampling"], facts["standard_tables"]) == ("4:0:0", True)


def test_progressive_and_optimised_streams_are_told_apart() -> None:
    assert (structure()["progressive"], structure()["standard_huffman"]) == (False, True)
    assert structure(progressive=True)["progressive"]
    assert not structure(optimize=True)["standard_huffman"]


def test_padding_between_segments_is_skipped() -> None:
    data = make_jpeg()
    at = 2 + 2 + int.from_bytes(data[4:6], "big")
    assert jpeg.structure(data[:at] + b"\0\0\0" + data[at:]) == jpeg.structure(data)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xdb", b"\xff\xd8\xff\xe1\xff\xff", b"\xff" * 5000])
def test_a_stump_has_no_structure(data: bytes) -> None:
    assert jpeg.structure(data) is None
    assert jpeg.blocks(data).exif == b""


def test_every_cut_of_a_file_is_read_without_error() -> None:
    data = make_jpeg({"Make": "Canon"}, comment=b"hello")
    found = [jpeg.structure(data[:end]) for end in range(len(data))]
    assert (found[0], found[-1]) == (None, jpeg.structure(data))


def test_comments_and_marks_are_found() -> None:
    found = jpeg.blocks(make_jpeg(comment=b"Created with GIMP"))
    assert found.texts == [("JPEG comment", "Comment", "Created with GIMP")]
    assert found.marks == ["JFIF"]
