"""What is done to EXIF to hide, to deceive, or out of carelessness: a function per kind that changes a camera's file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from colab_training.exif_anomaly.block import Block, block_of, with_exif, written
from metadata_svc.reading.tiff import EXIF, GPS, IFD0, PREVIEW

Rng = np.random.Generator
_MAKE, _MODEL, _SOFTWARE, _DATE = 0x010F, 0x0110, 0x0131, 0x0132
_TAKEN, _DIGITISED, _MAKER_NOTE = 0x9003, 0x9004, 0x927C
_FORM: Final = "%Y:%m:%d %H:%M:%S"
_DROPPED: Final = 0.4


def stripped(photo: bytes, other: bytes, rng: Rng) -> bytes:
    """Some tags taken out, as tools for privacy and platforms do: always the maker's block or the preview, others by chance."""
    block = block_of(photo)
    if rng.random() < 0.8:
        block.drop(EXIF, _MAKER_NOTE)
    if rng.random() < 0.6 or any(entry.tag == _MAKER_NOTE for entry in block.directories.get(EXIF, [])):
        block.directories.pop(PREVIEW, None)
    for name in (IFD0, EXIF):
        tags = [entry.tag for entry in block.directories.get(name, []) if entry.tag not in (_MAKE, _MODEL)]
        block.drop(name, *(tag for tag in tags if rng.random() < _DROPPED))
    block.directories.pop(GPS, None)
    return with_exif(photo, written(block))


def camera_swapped(photo: bytes, other: bytes, rng: Rng) -> bytes:
    """Make and model of another camera under the settings and the maker's block of this one."""
    block, donor = block_of(photo), block_of(other)
    for tag in (_MAKE, _MODEL):
        block.put_text(IFD0, tag, donor.text(IFD0, tag))
    return with_exif(photo, written(block))


def dates_moved(photo: bytes, other: bytes, rng: Rng) -> bytes:
    """Taken on another day; the other two dates follow by chance."""
    block = block_of(photo)
    days = timedelta(days=int(rng.integers(2, 2000)), seconds=int(rng.integers(0, 86_400)))
    moved = datetime(2024, 6, 1) - days
    block.put_text(EXIF, _TAKEN, moved.strftime(_FORM))
    if rng.random() < 0.3:
        block.put_text(EXIF, _DIGITISED, moved.strftime(_FORM))
    if rng.random() < 0.5:
        block.put_text(IFD0, _DATE, (moved + timedelta(days=int(rng.integers(0, 30)))).strftime(_FORM))
    return with_exif(photo, written(block))


def position_added(photo: bytes, other: bytes, rng: Rng) -> bytes:
    """A place put in by a script: latitude and longitude, rarely more."""
    exif = Image.open(io.BytesIO(photo)).getexif()
    places = exif.get_ifd(0x8825)
    places.clear()
    for tag, most in ((2, 89), (4, 179)):
        places[tag] = tuple(IFDRational(int(part)) for part in (rng.integers(most), rng.integers(60), rng.integers(60)))
    if rng.random() < 0.7:
        places[1], places[3] = str(rng.choice(["N", "S"])), str(rng.choice(["E", "W"]))
    return with_exif(photo, exif.tobytes().removeprefix(b"Exif\0\0"))


def saved_again(photo: bytes, other: bytes, rng: Rng) -> bytes:
    """Opened and saved by a library that keeps the tags it understands."""
    picture = Image.open(io.BytesIO(photo))
    exif = picture.getexif()
    if rng.random() < 0.5:
        exif[_DATE] = datetime(2024, 6, int(rng.integers(1, 29))).strftime(_FORM)
    return _saved(picture, exif, rng)


def forged_by_library(photo: bytes, other: bytes, rng: Rng) -> bytes:
    """A handful of tags put by a script under a picture that had none."""
    block, exif = block_of(photo), Image.Exif()
    for tag in (_MAKE, _MODEL):
        exif[tag] = block.text(IFD0, tag)
    taken = block.text(EXIF, _TAKEN) or "2023:05:17 14:20:00"
    if rng.random() < 0.6:
        exif[_DATE] = taken
    details = exif.get_ifd(0x8769)
    details[_TAKEN] = taken
    optional = {
        0x829A: IFDRational(1, 125),
        0x829D: IFDRational(28, 10),
        0x8827: 100,
        0x920A: IFDRational(50),
        _DIGITISED: taken,
    }
    details.update({tag: value for tag, value in optional.items() if rng.random() < 0.5})
    return _saved(Image.open(io.BytesIO(other)), exif, rng)


def forged_by_hand(photo: bytes, other: bytes, rng: Rng) -> bytes:
    """A fuller set of tags written anew, in the order of the standard, without the maker's block."""
    source = block_of(photo)
    block = Block(source.order)
    for name, keep in ((IFD0, 0.8), (EXIF, 0.7)):
        entries = source.directories.get(name, [])
        must = (_MAKE, _MODEL, _TAKEN)
        block.directories[name] = [
            e for e in entries if e.tag in must or (e.tag != _MAKER_NOTE and rng.random() < keep)
        ]
    if rng.random() < 0.3:
        block.directories[PREVIEW], block.preview = source.directories.get(PREVIEW, []), source.preview
    return with_exif(_saved(Image.open(io.BytesIO(other)), Image.Exif(), rng), written(block))


def transplanted(photo: bytes, other: bytes, rng: Rng) -> bytes:
    """The whole block of a camera's file put under another picture that a program saved."""
    return with_exif(_saved(Image.open(io.BytesIO(other)), Image.Exif(), rng), written(block_of(photo)))


Forgery = Callable[[bytes, bytes, Rng], bytes]
FORGERIES: Mapping[str, Forgery] = {
    "tags stripped": stripped,
    "make and model swapped": camera_swapped,
    "dates moved": dates_moved,
    "position added": position_added,
    "saved again": saved_again,
    "few tags forged": forged_by_library,
    "many tags forged": forged_by_hand,
    "EXIF transplanted": transplanted,
}


def _saved(picture: Image.Image, exif: Image.Exif, rng: Rng) -> bytes:
    target = io.BytesIO()
    picture.convert("RGB").save(
        target, "JPEG", quality=int(rng.integers(75, 96)), **({"exif": exif} if len(exif) else {})
    )
    return target.getvalue()
