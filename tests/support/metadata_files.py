"""Files with metadata made in memory, and the detector's seams without a sandbox."""

from __future__ import annotations

import importlib
import io
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from kit.media.file import MediaFile
from kit.media.sandbox import Json, SandboxResult
from kit.models.registry import Registry
from metadata_svc.anomaly import MODEL_NAME as ANOMALY_MODEL_NAME
from metadata_svc.anomaly import AnomalyModel, load_model
from metadata_svc.container_rules import CONTAINER_MODEL_NAME, ContainerRules, load_container_rules
from metadata_svc.detector import MetadataDetector
from metadata_svc.pixel_tests import MODEL_NAMES, PixelTests, load_pixel_tests
from metadata_svc.rules import MODEL_NAME, Rules, load_rules
from metadata_svc.trust import TrustList
from telltale.common.v1 import media_pb2
from tests.support.clock import FakeClock

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("TELLTALE_DATA", ROOT.parent / "shared" / "data")) / "metadata"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"labelled metadata files are not at {DATA}")
CANON = {"Make": "Canon", "Model": "Canon EOS 5D"}
_IFD0 = {"Make": 0x010F, "Model": 0x0110, "Software": 0x0131, "DateTime": 0x0132, "ImageDescription": 0x010E}
_EXIF = {
    "DateTimeOriginal": 0x9003, "DateTimeDigitized": 0x9004, "MakerNote": 0x927C, "UserComment": 0x9286,
    "ExifImageWidth": 0xA002, "ExifImageLength": 0xA003,
}  # fmt: skip


def anomaly() -> AnomalyModel:
    """The shipped model of the habits of cameras."""
    return load_model(Registry(ROOT / "models").load(ANOMALY_MODEL_NAME))


def container_rules() -> ContainerRules:
    """The shipped rules for containers."""
    return load_container_rules(Registry(ROOT / "models").load(CONTAINER_MODEL_NAME))


def rules() -> Rules:
    """The shipped rules."""
    return load_rules(Registry(ROOT / "models").load(MODEL_NAME))


def jpeg(
    tags: Mapping[str, object] | None = None,
    *,
    gps_deg: tuple[int, int] | None = None,
    size: tuple[int, int] = (96, 64),
    **options: Any,
) -> bytes:
    """A JPEG with EXIF tags by name; `gps_deg` is (latitude north, longitude east)."""
    exif = Image.Exif()
    for name, value in (tags or {}).items():
        if name in _IFD0:
            exif[_IFD0[name]] = value
        else:
            exif.get_ifd(0x8769)[_EXIF[name]] = value
    if gps_deg:
        zero = IFDRational(0)
        angles = [(IFDRational(angle), zero, zero) for angle in gps_deg]
        exif.get_ifd(0x8825).update({1: "N", 2: angles[0], 3: "E", 4: angles[1]})
    buffer = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(buffer, "JPEG", **({"exif": exif} if tags or gps_deg else {}), **options)
    return buffer.getvalue()


def blots(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A grey picture of random brightness, as detailed at every size as a photo."""
    rng = np.random.default_rng(seed)
    layers = [Image.fromarray(rng.integers(0, 256, (n, n), np.uint8)).resize(size) for n in (8, 16, 32, 64)]
    return Image.fromarray(np.mean([np.asarray(layer, np.float64) for layer in layers], axis=0).astype(np.uint8))


def encoded(picture: Image.Image) -> bytes:
    """A picture as a JPEG."""
    target = io.BytesIO()
    picture.convert("RGB").save(target, "JPEG", quality=90)
    return target.getvalue()


def with_preview(picture: Image.Image, shown: Image.Image) -> bytes:
    """A JPEG of `picture` that names a camera, with a preview of `shown`."""
    preview = encoded(shown.resize((160, 120)))
    main = struct.pack("<H" + "HHII" * 2 + "I", 2, 0x010F, 2, 6, 60, 0x0110, 2, 7, 66, 74)
    names = b"Canon\0" + b"EOS 5D\0" + bytes(1)
    below = struct.pack("<H" + "HHII" * 2 + "I", 2, 0x0201, 4, 1, 104, 0x0202, 4, 1, len(preview), 0)
    exif = b"II*\0\x08\0\0\0" + main.ljust(52, b"\0") + names + below
    segment = b"Exif\0\0" + exif + preview
    photo = encoded(picture)
    return photo[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + photo[2:]


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A one-pixel PNG with further chunks (type, payload) before its end."""
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "PNG")
    whole = buffer.getvalue()
    return whole[:-12] + b"".join(_chunk(kind, payload) for kind, payload in chunks) + whole[-12:]


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def xmp(body: str, prolog: str = "") -> bytes:
    """An XMP packet around properties of one description, with the namespaces that tests use."""
    return (
        f'{prolog}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
        f'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


class InProcessRunner:
    """Runs sandbox tasks in this process and remembers their names. `fail` maps a task to the error that it raises."""

    def __init__(self, fail: Mapping[str, Exception] | None = None) -> None:
        self._fail = fail or {}
        self.tasks: list[str] = []

    def run(
        self, task: str, media: MediaFile, arguments: Mapping[str, Json], *, timeout_s: float | None = None
    ) -> SandboxResult:
        self.tasks.append(task)
        if task in self._fail:
            raise self._fail[task]
        module, _, function = task.partition(":")
        values, arrays = getattr(importlib.import_module(module), function)(media.fileno(), arguments)
        return SandboxResult(values, arrays)


def pixel_tests() -> PixelTests:
    """The shipped tests of coefficients."""
    return load_pixel_tests([Registry(ROOT / "models").load(name) for name in MODEL_NAMES])


def detector(runner: InProcessRunner) -> MetadataDetector:
    """A detector with the shipped rules on 1 January 2026 that trusts nobody."""
    trust = TrustList("", "0" * 64)
    return MetadataDetector(runner, rules(), container_rules(), anomaly(), pixel_tests(), trust, FakeClock(), [])


def info_of(media: MediaFile, mime_type: str = "image/jpeg") -> media_pb2.MediaInfo:
    """What the gateway says of a file."""
    kinds = {
        "image": media_pb2.MEDIA_KIND_IMAGE,
        "video": media_pb2.MEDIA_KIND_VIDEO,
        "audio": media_pb2.MEDIA_KIND_AUDIO,
    }
    kind = kinds[mime_type.partition("/")[0]]
    return media_pb2.MediaInfo(kind=kind, mime_type=mime_type, size_bytes=media.size_bytes, sha256=media.sha256)
