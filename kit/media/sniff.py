"""What a file is, by its first bytes alone (WHATWG MIME Sniffing, and each format's own specification)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kit.errors import UnsupportedMediaType
from telltale.common.v1 import media_pb2

SNIFF_BYTES = 1024
"""How many bytes of the head `sniff` wants to see."""

SUPPORTED = (
    "JPEG, PNG, GIF, WebP, TIFF, BMP, AVIF pictures; MP4, MOV, WebM, MKV, AVI videos; "
    "WAV, MP3, FLAC, OGG, M4A, AAC, AIFF sound"
)

_IMAGE = media_pb2.MEDIA_KIND_IMAGE
_VIDEO = media_pb2.MEDIA_KIND_VIDEO
_AUDIO = media_pb2.MEDIA_KIND_AUDIO


@dataclass(frozen=True)
class MediaType:
    """Kind of media and IANA media type, e.g. (MEDIA_KIND_IMAGE, "image/jpeg")."""

    kind: media_pb2.MediaKind.ValueType
    mime_type: str


JPEG = MediaType(_IMAGE, "image/jpeg")
PNG = MediaType(_IMAGE, "image/png")
GIF = MediaType(_IMAGE, "image/gif")
WEBP = MediaType(_IMAGE, "image/webp")
TIFF = MediaType(_IMAGE, "image/tiff")
BMP = MediaType(_IMAGE, "image/bmp")
AVIF = MediaType(_IMAGE, "image/avif")
MP4 = MediaType(_VIDEO, "video/mp4")
QUICKTIME = MediaType(_VIDEO, "video/quicktime")
WEBM = MediaType(_VIDEO, "video/webm")
MATROSKA = MediaType(_VIDEO, "video/x-matroska")
AVI = MediaType(_VIDEO, "video/x-msvideo")
WAV = MediaType(_AUDIO, "audio/wav")
MP3 = MediaType(_AUDIO, "audio/mpeg")
FLAC = MediaType(_AUDIO, "audio/flac")
OGG = MediaType(_AUDIO, "audio/ogg")
M4A = MediaType(_AUDIO, "audio/mp4")
AAC = MediaType(_AUDIO, "audio/aac")
AIFF = MediaType(_AUDIO, "audio/aiff")

_MAGIC: tuple[tuple[re.Pattern[bytes], MediaType], ...] = tuple(
    (re.compile(pattern, re.DOTALL), media_type)
    for pattern, media_type in (
        (rb"\xff\xd8\xff", JPEG),
        (rb"\x89PNG\r\n\x1a\n", PNG),
        (rb"GIF8[79]a", GIF),
        (rb"RIFF.{4}WEBPVP8", WEBP),
        (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", TIFF),
        (rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", BMP),
        (rb"\x1aE\xdf\xa3.{0,60}\x42\x82.{1,8}webm", WEBM),
        (rb"\x1aE\xdf\xa3.{0,60}\x42\x82.{1,8}matroska", MATROSKA),
        (rb"RIFF.{4}AVI LIST", AVI),
        (rb"(?:RIFF|RF64).{4}WAVE", WAV),
        (rb"FORM.{4}AIF[FC]", AIFF),
        (rb"fLaC\0", FLAC),
        (rb"OggS\0.{21,281}(?:OpusHead|\x01vorbis|\x7fFLAC|Speex   )", OGG),
        (rb"ID3[\x02-\x04]", MP3),
        (rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]", MP3),
        (rb"\xff[\xf0\xf1\xf8\xf9][\x00-\x33\x40-\x73\x80-\xb3\xc0-\xf3]", AAC),  # ADTS; rates beyond 12 are reserved
        (rb".{4}(?:moov|mdat|wide|free|skip|pnot)(?=.{4})", QUICKTIME),  # before ISO 14496-12 there was no ftyp
    )
)

_BRANDS: dict[bytes, MediaType | None] = {
    b"avif": AVIF,
    b"avis": AVIF,
    b"qt  ": QUICKTIME,
    b"M4A ": M4A,
    b"M4B ": M4A,
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"crx ", b"jxl "), None),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"iso8", b"mp41", b"mp42", b"avc1"), MP4),
    **dict.fromkeys((b"M4V ", b"MSNV", b"dash", b"3gp4", b"3gp5", b"3gp6", b"3g2a", b"XAVC", b"mmp4", b"f4v "), MP4),
}


def sniff(head: bytes) -> MediaType:
    """The type of the file that begins with `head` (SNIFF_BYTES of it). Raises UnsupportedMediaType."""
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    for pattern, media_type in _MAGIC:
        if pattern.match(head):
            return media_type
    raise UnsupportedMediaType(f"The file's first bytes are of no supported type. Supported: {SUPPORTED}.")


def _by_brand(head: bytes) -> MediaType:
    """ISO base media (ISO/IEC 14496-12): the major brand decides, the compatible ones if it is unknown."""
    size_bytes = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size_bytes, len(head)), 4))]
    for brand in brands:
        if brand not in _BRANDS:
            continue
        media_type = _BRANDS[brand]
        if media_type is None:
            break
        return media_type
    raise UnsupportedMediaType(
        f"HEIC, camera raw and other ISO media of brand {brands[0].decode('ascii', 'replace')!r} cannot be decoded. "
        f"Convert the original to JPEG or PNG without editing it. Supported: {SUPPORTED}.",
        brand=brands[0].decode("ascii", "replace"),
    )
