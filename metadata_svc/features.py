"""From a file's original bytes to plain facts about it. Both functions are tasks of the decode sandbox.

Measuring the parameters of the cues reads files by these very functions, so that what was measured is what is served.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping
from typing import Any, TypedDict, cast

import cv2

from metadata_svc.cues import exif_reader
from metadata_svc.history.luma import read_luma
from metadata_svc.reading import c2pa_manifest, generators, iptc, jpeg, png, preview, stealth, tiff, webp, xmp
from metadata_svc.reading.blocks import MANIFEST_STORE, Blocks, has_manifest_store
from metadata_svc.reading.c2pa_manifest import ProvenanceReading
from metadata_svc.reading.containers import read as containers
from metadata_svc.reading.containers.found import ContainerReading
from metadata_svc.reading.generators import GeneratorChunk
from metadata_svc.reading.jpeg import JpegFacts
from metadata_svc.reading.preview import PreviewReading
from metadata_svc.reading.text import MAX_TAGS, Tag, tag
from metadata_svc.reading.tiff import ExifLayout
from metadata_svc.reading.window import Window

WARM_UP = "metadata_svc.features:warm_up"
READ_TASK = "metadata_svc.features:read_task"
PROVENANCE_TASK = "metadata_svc.features:provenance_task"
LUMA_TASK = "metadata_svc.features:luma_task"
PREVIEW_TASK = "metadata_svc.features:preview_task"
_ENCODINGS = ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "unicode_escape")
_EMPTY_JPEG = b"\xff\xd8\xff\xd9"
_READ_BYTES = 1 << 20
_XMP_START = b"<x:xmpmeta"
_EXIF_CONTAINERS = ("image/tiff", "image/heic", "image/heif", "image/avif")


class MetadataReading(TypedDict):
    """Everything but provenance: tags in file order, the JPEG stream's making, generator marks, numbers for the checks."""

    tags: list[Tag]
    marks: list[str]
    jpeg: JpegFacts | None
    generators: list[GeneratorChunk]
    thumbnail_px: list[int] | None
    exif_layout: ExifLayout | None
    gps_deg: list[float] | None
    maker_note_bytes: int
    exif_damaged: bool
    has_manifest_store: bool
    container: ContainerReading | None


def read(data: bytes, mime_type: str) -> MetadataReading:
    """Reads the metadata of a file of any type; what the type does not have stays empty."""
    if containers.is_container(mime_type):
        return read_container(Window.of_bytes(data), mime_type)
    blocks, is_jpeg = _blocks(data, mime_type), mime_type == "image/jpeg"
    exif = exif_reader.read(blocks.exif)
    hidden = stealth.read(data) if mime_type == "image/png" else None
    texts = blocks.texts + exif["texts"] + ([("PNG alpha channel", "stealth", hidden)] if hidden else [])
    text_tags = [tag(kind, keyword, text) for kind, keyword, text in texts if kind != "EXIF"]
    tags = exif["tags"] + text_tags + iptc.read(blocks.image_resources) + xmp.read(blocks.xmp)
    return {
        "tags": tags[:MAX_TAGS],
        "marks": blocks.marks,
        "jpeg": jpeg.structure(data) if is_jpeg else None,
        "generators": generators.find(texts),
        "thumbnail_px": exif["thumbnail_px"],
        "exif_layout": tiff.read(blocks.exif),
        "gps_deg": exif["gps_deg"],
        "maker_note_bytes": exif["maker_note_bytes"],
        "exif_damaged": exif["damaged"],
        "has_manifest_store": has_manifest_store(data),
        "container": None,
    }


def read_container(window: Window, mime_type: str) -> MetadataReading:
    """Reads the metadata of a video or a recording by offsets, wherever they lie in the file."""
    found = containers.read(window, mime_type)
    at = -1 if found.xmp else window.find(_XMP_START)
    packet = found.xmp if at < 0 else xmp.find_packet(window.read(at, _READ_BYTES))
    tags = [tag(group, name, text) for group, name, text in found.texts] + xmp.read(packet)
    return {
        **read(b"", ""),
        "tags": tags[:MAX_TAGS],
        "generators": generators.find(found.texts),
        "has_manifest_store": window.find(MANIFEST_STORE) >= 0,
        "container": found.container,
    }


def warm_up() -> None:
    """Run once by the sandbox before it confines itself.

    A confined child can load no module, and Python loads most text encodings when they are first used. Nor may it map
    executable memory, which the C2PA library needs to call back into Python; one call here leaves enough of it mapped.
    """
    cv2.setNumThreads(0)  # a confined child may start no thread
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    c2pa_manifest.read(_EMPTY_JPEG, "image/jpeg", "")


def read_task(fd: int, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sandbox task around `read`. Arguments: `mime_type`. Values: a MetadataReading."""
    mime_type = str(arguments["mime_type"])
    if containers.is_container(mime_type):
        return cast(dict[str, Any], read_container(Window.of_descriptor(fd), mime_type)), {}
    return cast(dict[str, Any], read(_contents(fd), mime_type)), {}


def provenance_task(fd: int, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sandbox task around `c2pa_manifest.read`. Arguments: `mime_type`, `anchors_pem`. Values: a ProvenanceReading."""
    reading: ProvenanceReading = c2pa_manifest.read(
        _contents(fd), str(arguments["mime_type"]), str(arguments["anchors_pem"])
    )
    return cast(dict[str, Any], reading), {}


def compare_preview(data: bytes) -> PreviewReading | None:
    """How the preview in a JPEG's EXIF compares with the picture; None where there is none, or one cannot be decoded."""
    small = tiff.preview(jpeg.blocks(data).exif)
    return preview.compare(small, data) if small else None


def preview_task(fd: int, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sandbox task around `compare_preview`, which decodes. No arguments. Values: `preview`, a PreviewReading or None."""
    return {"preview": compare_preview(_contents(fd))}, {}


def luma_task(fd: int, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sandbox task around `read_luma`, for JPEG files; it has no arguments."""
    return read_luma(fd)


def _blocks(data: bytes, mime_type: str) -> Blocks:
    walkers = {"image/jpeg": jpeg.blocks, "image/png": png.blocks, "image/webp": webp.blocks}
    if mime_type in walkers:
        return walkers[mime_type](data)
    exif = data if mime_type in _EXIF_CONTAINERS else b""
    return Blocks(exif=exif, xmp=xmp.find_packet(data))


def _contents(fd: int) -> bytes:
    parts: list[bytes] = []
    offset = 0
    while part := os.pread(fd, _READ_BYTES, offset):
        parts.append(part)
        offset += len(part)
    return b"".join(parts)
