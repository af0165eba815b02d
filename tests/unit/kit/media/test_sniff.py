from __future__ import annotations

import pytest

from kit.errors import UnsupportedMediaType
from kit.media.sniff import sniff
from telltale.common.v1 import media_pb2
from tests.support import media_factory

HEADS = {
    "image/avif": b"\0\0\0\x20ftypavif\0\0\0\0avifmif1",
    "video/mp4": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41",
    "video/quicktime": b"\0\0\0\x14ftypqt  \0\0\2\0qt  ",
    "audio/mp4": b"\0\0\0\x1cftypM4A \0\0\2\0M4A mp42isom",
    "video/webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webm",
    "video/x-matroska": b"\x1aE\xdf\xa3\xa3B\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x88matroska",
    "video/x-msvideo": b"RIFF\0\0\1\0AVI LIST",
    "audio/wav": b"RIFF\0\0\1\0WAVEfmt ",
    "audio/aiff": b"FORM\0\0\1\0AIFFCOMM",
    "audio/aac": b"\xff\xf1\x4c\x80\x02\x1f\xfc",
    "audio/flac": b"fLaC\0\0\0\x22",
    "audio/ogg": b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead\1",
    "audio/mpeg": b"ID3\4\0\0\0\0\0\0",
}


@pytest.mark.parametrize(("mime_type", "head"), HEADS.items())
def test_containers_are_known_by_their_first_bytes(mime_type: str, head: bytes) -> None:
    assert sniff(head + bytes(64)).mime_type == mime_type


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_pictures_are_known_by_their_first_bytes(name: str) -> None:
    head = media_factory.encode(media_factory.picture(), name)[:1024]
    assert sniff(head).mime_type == f"image/{name.lower()}"


def test_a_bare_mp3_frame_is_sound() -> None:
    assert sniff(b"\xff\xfb\x90\x64" + bytes(100)).mime_type == "audio/mpeg"


@pytest.mark.parametrize("head", [b"RF64\xff\xff\xff\xffWAVEds64", b"FORM\0\0\1\0AIFCFVER", b"\xff\xf9\x50\x80"])
def test_rarer_forms_of_recordings_are_known(head: bytes) -> None:
    assert sniff(head + bytes(64)).kind == media_pb2.MEDIA_KIND_AUDIO


def test_an_adts_header_of_a_reserved_rate_is_not_believed() -> None:
    with pytest.raises(UnsupportedMediaType):
        sniff(b"\xff\xf1\x7c\x80" + bytes(64))


def test_an_unknown_brand_is_known_by_its_compatible_ones() -> None:
    assert sniff(b"\0\0\0\x18ftypXYZ1\0\0\0\0mp42isom").mime_type == "video/mp4"


@pytest.mark.parametrize("brand", [b"heic", b"crx ", b"jxl ", b"zzzz"])
def test_iso_media_that_nothing_here_decodes_are_refused_by_name(brand: bytes) -> None:
    with pytest.raises(UnsupportedMediaType, match=brand.decode()):
        sniff(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1miaf")


@pytest.mark.parametrize(
    "head",
    [
        b"PK\x03\x04",
        b"%PDF-1.7",
        b"<html>",
        b"MZ\x90",
        b"\x7fELF",
        b"",
        b"\xff",
        bytes(1024),
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"\n" + media_factory.jpeg(),
        b"BMW is no bitmap, this is a text",
        b"RIFF\0\0\0\0CDDA",
        b"\xff\xff\xff\xff",
    ],
)
def test_anything_else_is_refused_with_the_list_of_what_is_supported(head: bytes) -> None:
    with pytest.raises(UnsupportedMediaType, match="JPEG, PNG, GIF, WebP, TIFF, BMP, AVIF"):
        sniff(head)
