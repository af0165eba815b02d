"""What runs inside the sandbox for pictures. Preload it: `Sandbox.start(settings, preload=PRELOAD)` of kit.media.image."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import cv2
import numpy as np

from kit.errors import DecoderStopped, UndecodableMedia
from kit.media.exchange import Array, Json
from kit.media.headers.header import Data, PictureHeader
from kit.media.likeness import likeness
from kit.media.limits import MediaLimits
from kit.media.measure import measure, refuse_oversize

Pixels: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[Any]]"

_OUT_OF_MEMORY = -4  # cv::Error::StsNoMem
_ROWS_AT_ONCE = 256
_TURNS = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}
_MIRRORED = {2: 1, 4: 3, 5: 6, 7: 8}  # the turn after which a left-right flip makes the picture upright
_TURNED_BY_DECODER = {"image/tiff"}
_AS_RGB = {"image/jpeg", "image/avif"}
"""Decoded straight to 8 bits of RGB: JPEG has nothing else, and OpenCV leaves 10 and 12 bits of AVIF unscaled."""
_RGB = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
_REDUCED = {8: cv2.IMREAD_REDUCED_GRAYSCALE_8, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2}
_LEAST_REDUCED_PX = 64


def warm_up() -> None:
    """Decode a picture of each codec family once, so that nothing is loaded lazily inside the walls; one thread only."""
    cv2.setNumThreads(0)
    cv2.ocl.setUseOpenCL(False)
    dot = np.zeros((16, 16, 3), np.uint8)
    for suffix in (".jpg", ".png", ".webp", ".tiff", ".gif", ".bmp", ".avif"):
        _, encoded = cv2.imencode(suffix, dot)
        cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
        cv2.imdecode(encoded, cv2.IMREAD_REDUCED_GRAYSCALE_2 | cv2.IMREAD_IGNORE_ORIENTATION)
    likeness(np.eye(16, dtype=np.uint8) * 255)


def measure_still(descriptor: int, arguments: Mapping[str, Json]) -> tuple[Mapping[str, Json], Mapping[str, Array]]:
    """Size after rotation and number of frames, from the header, and a perceptual hash. Arguments: mime_type, limits."""
    header, data = _measured(descriptor, arguments)
    if not header.complete:
        # Whoever sent a file that was cut off should hear it at once; only the decoder knows whether a picture is left.
        _decoded(data, str(arguments["mime_type"]), complete=False)
    width_px, height_px = header.width_px, header.height_px
    if header.is_transposed:
        width_px, height_px = height_px, width_px
    values = {"width_px": width_px, "height_px": height_px, "frame_count": header.frame_count}
    return {**values, "likeness": _likeness(data, str(arguments["mime_type"]), header, _limits(arguments))}, {}


def decode_still(descriptor: int, arguments: Mapping[str, Json]) -> tuple[Mapping[str, Json], Mapping[str, Array]]:
    """The first frame as uint8 HxWx3 RGB, upright ("pixels"), and facts about the source. Arguments: mime_type, limits."""
    header, data = _measured(descriptor, arguments)
    mime_type = str(arguments["mime_type"])
    pixels, has_alpha = _seen(data, mime_type, header, _limits(arguments))
    values = {
        "frame_count": header.frame_count,
        "bit_depth": header.bit_depth,
        "has_alpha": has_alpha,
        "orientation": header.orientation,
        "truncated": not header.complete,
    }
    return values, {"pixels": pixels if mime_type in _TURNED_BY_DECODER else _upright(pixels, header.orientation)}


def _measured(descriptor: int, arguments: Mapping[str, Json]) -> tuple[PictureHeader, mmap.mmap]:
    data = mmap.mmap(descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    return measure(data, str(arguments["mime_type"]), _limits(arguments)), data


def _limits(arguments: Mapping[str, Json]) -> MediaLimits:
    return MediaLimits(**cast("Mapping[str, int]", arguments["limits"]))


def _decoded(data: Data, mime_type: str, complete: bool, flags: int | None = None) -> Pixels:
    if flags is None:
        flags = _RGB if mime_type in _AS_RGB else cv2.IMREAD_UNCHANGED
    try:
        stored = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        if error.code == _OUT_OF_MEMORY:
            raise DecoderStopped(
                "Decoding the picture takes more memory than is allowed. Send a smaller one.", limit="memory"
            ) from error
        stored = None
    if stored is None or stored.size == 0:
        raise _undecodable(mime_type, complete, len(data))
    return stored


def _seen(data: Data, mime_type: str, header: PictureHeader, limits: MediaLimits) -> tuple[Pixels, bool]:
    """8 bits of RGB as stored, and whether any of it was transparent. A header may claim less than there is."""
    stored = _decoded(data, mime_type, header.complete)
    refuse_oversize(stored.shape[1], stored.shape[0], limits)
    return (stored, False) if mime_type in _AS_RGB else _to_rgb(_to_8_bit(stored))


def _likeness(data: Data, mime_type: str, header: PictureHeader, limits: MediaLimits) -> int | None:
    """Of what detectors see: what lies beneath transparent parts is not shown, and could make one picture look like many."""
    try:
        if mime_type in _AS_RGB:
            brightness = _reduced(data, mime_type, header, limits)
        else:
            brightness = cv2.cvtColor(_seen(data, mime_type, header, limits)[0], cv2.COLOR_RGB2GRAY)
    except (UndecodableMedia, DecoderStopped):
        # What no decoder here can read, no detector can: nothing is learned from asking about it.
        return None
    return likeness(brightness if mime_type in _TURNED_BY_DECODER else _upright(brightness, header.orientation))


def _reduced(data: Data, mime_type: str, header: PictureHeader, limits: MediaLimits) -> Pixels:
    """Brightness, decoded no larger than a hash needs: a JPEG is read at an eighth in a fraction of the time."""
    shorter_px = min(header.width_px, header.height_px)
    factor = next((factor for factor in _REDUCED if shorter_px >= factor * _LEAST_REDUCED_PX), 1)
    flags = _REDUCED.get(factor, cv2.IMREAD_GRAYSCALE) | cv2.IMREAD_IGNORE_ORIENTATION
    stored = _decoded(data, mime_type, header.complete, flags)
    height_px, width_px = (factor * (side_px - 1) + 1 for side_px in stored.shape[:2])
    refuse_oversize(width_px, height_px, limits)
    return stored


def _undecodable(mime_type: str, complete: bool, size_bytes: int) -> UndecodableMedia:
    if not complete:
        return UndecodableMedia(
            f"The {mime_type} file is cut off: it ends after {size_bytes} bytes, before its picture does. Send it again, whole.",
            mime_type=mime_type,
            truncated="true",
        )
    return UndecodableMedia(
        f"No picture could be read from this {mime_type}: its data are damaged or of a rare coding. Send the original file.",
        mime_type=mime_type,
    )


def _to_8_bit(stored: Pixels) -> Pixels:
    if stored.dtype == np.uint16:
        return cv2.convertScaleAbs(stored, alpha=255 / 65535)
    if stored.dtype != np.uint8:
        raise UndecodableMedia(
            f"The picture's samples are {stored.dtype.name}; 8 or 16 bit integers are supported. Convert it to 16 bits.",
            samples=stored.dtype.name,
        )
    return stored


def _to_rgb(stored: Pixels) -> tuple[Pixels, bool]:
    """RGB, and whether any of it was transparent. Transparent parts are laid over white, as a page would show them."""
    channels = 1 if stored.ndim == 2 else stored.shape[2]
    if channels == 1:
        return cv2.cvtColor(stored, cv2.COLOR_GRAY2RGB), False
    if channels == 3:
        return cv2.cvtColor(stored, cv2.COLOR_BGR2RGB, dst=stored), False
    if channels != 4:
        raise UndecodableMedia(f"The picture has {channels} channels; 1, 3 and 4 are supported. Convert it to RGB.")
    rgb, alpha = cv2.cvtColor(stored, cv2.COLOR_BGRA2RGB), stored[:, :, 3]
    if int(alpha.min()) == 255:
        return rgb, False
    for top in range(0, rgb.shape[0], _ROWS_AT_ONCE):  # a whole picture in 16 bits would triple the memory
        rows = slice(top, top + _ROWS_AT_ONCE)
        cover = alpha[rows, :, np.newaxis].astype(np.uint16)
        rgb[rows] = (rgb[rows] * cover + 255 * (255 - cover) + 127) // 255
    return rgb, True


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo the rotation that EXIF tag 0x0112 names."""
    turn = _MIRRORED.get(orientation, orientation)
    if turn in _TURNS:
        pixels = cv2.rotate(pixels, _TURNS[turn])
    return cv2.flip(pixels, 1) if orientation in _MIRRORED else pixels
