from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import MediaTypeMismatch, PolyglotMedia, UnsupportedMediaType
from kit.media.file import MediaFile
from kit.media.identify import identify
from tests.support import hostile_media, media_factory

DATA = Path(os.environ.get("TELLTALE_DATA", Path(__file__).parents[5] / "shared" / "data"))
NO_MEDIA = {".csv", ".md", ".py", ".bin", ".txt", ".json", ".c2pa"}


def found(data: bytes, claimed: str | None = None) -> str:
    with MediaFile.from_bytes(data) as media:
        return identify(media, claimed).mime_type


@pytest.mark.parametrize(
    "claimed",
    [
        None,
        "",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "image/jpeg",
        "IMAGE/JPEG; charset=binary",
        "image/jpg",
        "image/*",
    ],
)
def test_no_claim_and_a_true_claim_are_accepted(claimed: str | None) -> None:
    assert found(media_factory.jpeg(), claimed) == "image/jpeg"


@pytest.mark.parametrize("claimed", ["image/png", "video/mp4", "text/html", "video/*"])
def test_a_false_claim_is_refused(claimed: str) -> None:
    with pytest.raises(MediaTypeMismatch) as refused:
        found(media_factory.jpeg(), claimed)
    assert refused.value.details == {"claimed": claimed, "found": "image/jpeg"}


def test_containers_that_writers_label_loosely_may_be_claimed_as_each_other() -> None:
    assert found(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video/quicktime") == "video/mp4"


@pytest.mark.parametrize(
    ("make", "also"),
    [
        (media_factory.jpeg_and_zip, "ZIP archive"),
        (media_factory.jpeg_and_pdf, "PDF document"),
        (media_factory.jpeg_and_html, "web page or script"),
        (media_factory.gif_and_javascript, "web page or script"),
    ],
)
def test_a_picture_that_is_something_else_as_well_is_refused(make: Callable[[], bytes], also: str) -> None:
    with pytest.raises(PolyglotMedia) as refused:
        found(make())
    assert refused.value.details == {"also": also}


@pytest.mark.parametrize("name", hostile_media.AT_FIXED_PLACES)
def test_media_that_open_as_something_else_are_refused(name: str) -> None:
    with pytest.raises(PolyglotMedia):
        found(hostile_media.AT_FIXED_PLACES[name]())


@pytest.mark.parametrize("name", hostile_media.ARCHIVES)
@pytest.mark.parametrize("claimed", [None, "image/jpeg", "application/zip"])
def test_what_is_no_medium_is_refused_whatever_it_claims(name: str, claimed: str | None) -> None:
    with pytest.raises(UnsupportedMediaType):
        found(hostile_media.ARCHIVES[name](), claimed)


@pytest.mark.parametrize("name", hostile_media.HONEST)
def test_honest_media_that_look_odd_are_taken(name: str) -> None:
    assert found(hostile_media.HONEST[name]())


def test_a_zip_with_the_longest_comment_is_found() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("payload", b"x")
        writer.comment = b"c" * 65_535
    with pytest.raises(PolyglotMedia):
        found(media_factory.jpeg() + archive.getvalue())


def test_four_bytes_that_look_like_the_end_of_a_zip_are_no_zip() -> None:
    assert found(media_factory.jpeg() + b"PK\x05\x06" + b"\x7f" * 40) == "image/jpeg"


def test_a_motion_photo_is_an_ordinary_photo() -> None:
    assert found(media_factory.motion_photo()) == "image/jpeg"


@pytest.mark.skipif(not DATA.is_dir(), reason="the research data are not on this machine")
@pytest.mark.parametrize("folder", ["metadata", "faces/gan_genphotos", "faces/swap_dfdc", "scenes", "av"])
def test_no_file_of_the_research_data_is_refused(folder: str) -> None:
    files = [path for path in (DATA / folder).rglob("*") if path.is_file() and path.suffix not in NO_MEDIA]
    for path in files[:1500]:
        found(path.read_bytes())
    assert files
