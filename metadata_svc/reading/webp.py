"""WebP files (RFC 9649): EXIF and XMP chunks of the RIFF container."""

from __future__ import annotations

from collections.abc import Iterator

from metadata_svc.reading.blocks import Blocks

_MAX_CHUNKS = 2000
_EXIF_PREFIX = b"Exif\x00\x00"


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and payload of each chunk on the first level; stops quietly where the file is damaged."""
    at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(data):
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def blocks(data: bytes) -> Blocks:
    """Metadata chunks of a WebP file."""
    found = Blocks()
    for kind, payload in chunks(data):
        if kind == b"EXIF":
            # Some writers copy the JPEG segment's prefix although the format has none.
            found.exif = payload.removeprefix(_EXIF_PREFIX)
        elif kind == b"XMP ":
            found.xmp = payload
    return found
