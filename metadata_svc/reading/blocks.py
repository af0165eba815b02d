"""The metadata blocks of a file, whatever its container."""

from __future__ import annotations

from dataclasses import dataclass, field

MANIFEST_STORE = b"jumd" + bytes.fromhex("6332706100110010800000aa00389b71")
"""Description box of a C2PA manifest store: box type "jumd", then its UUID (C2PA 2.1, section 11.1.4.2)."""


@dataclass
class Blocks:
    """What a container's walker found. Absent blocks are empty."""

    exif: bytes = b""
    """A TIFF structure, beginning with its byte-order mark."""
    xmp: bytes = b""
    """An XMP packet: RDF in XML."""
    image_resources: bytes = b""
    """Photoshop image resources ("8BIM" blocks), which hold IPTC."""
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    """Text chunks and comments: kind ("PNG tEXt", "JPEG comment"), keyword, text (not cut)."""
    marks: list[str] = field(default_factory=list)
    """Application markers that name their writer: "JFIF", "Adobe", "Ducky"."""


def has_manifest_store(data: bytes) -> bool:
    """Whether the bytes hold the beginning of a C2PA manifest store. Native code reads the file only if they do."""
    return MANIFEST_STORE in data
