"""Habits of cameras in writing EXIF (CIPA DC-008), asked of a file: each trait is 0 where cameras write it so, else up to 1.

None of them is a question that `exif_checks` asks with weight, so that no observation counts twice: those look for statements
that cannot both be true, these for what a camera would have written and a program that rewrites or makes up tags leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from metadata_svc.cues.exif_checks import parse_date
from metadata_svc.facts import EXIF, IFD0, Facts
from metadata_svc.reading import tiff
from metadata_svc.reading.tiff import ExifLayout

_ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED, _SIGNED = 2, 3, 4, 5, 7, 10
# Table 17 of the standard: what every JPEG with EXIF has.
_MANDATORY = (
    *((tiff.IFD0, tag) for tag in (0x011A, 0x011B, 0x0128, 0x0213)),
    *((tiff.EXIF, tag) for tag in (0x9000, 0x9101, 0xA000, 0xA001, 0xA002, 0xA003)),
)
# Time, aperture, sensitivity or programme, metering, flash, focal length; either of two spellings is enough.
_EXPOSURE = ((0x829A, 0x9201), (0x829D, 0x9202), (0x8822, 0x8827), (0x9207, 0x9208), (0x9209,), (0x920A,))
_DATES = ((tiff.IFD0, 0x0132), (tiff.EXIF, 0x9003), (tiff.EXIF, 0x9004))
_TYPES: Mapping[int, tuple[int, ...]] = {
    **dict.fromkeys((0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x8298, 0x9003, 0x9004), (_ASCII,)),
    **dict.fromkeys((0x0112, 0x0128, 0x0213, 0x8822, 0x8827, 0x9207, 0x9208, 0x9209, 0xA001), (_SHORT,)),
    **dict.fromkeys((0x011A, 0x011B, 0x829A, 0x829D, 0x9202, 0x920A), (_RATIONAL,)),
    **dict.fromkeys((0x9000, 0x9101, 0x927C, 0x9286, 0xA000, 0xA300, 0xA301), (_UNDEFINED,)),
    **dict.fromkeys((0x9201, 0x9203, 0x9204), (_SIGNED,)),
    **dict.fromkeys((0xA002, 0xA003), (_SHORT, _LONG)),
    **dict.fromkeys((0x8769, 0x8825, 0xA005), (_LONG,)),
}
_ODD_TYPES = 2.0
# First bytes of maker notes (ExifTool's documentation of maker notes), and words of the makes that write them.
_SIGNATURES = (
    (b"Nikon\0", ("nikon",)), (b"FUJIFILM", ("fuji",)), (b"OLYMP", ("olympus", "om digital")), (b"OM SYSTEM", ("om digital",)),
    (b"Panasonic\0", ("panasonic", "leica")), (b"LEICA", ("leica",)), (b"SONY ", ("sony", "hasselblad")),
    (b"Apple iOS\0", ("apple",)), (b"QVC\0", ("casio",)), (b"KDK", ("kodak",)), (b"AOC\0", ("pentax", "asahi", "ricoh")),
    (b"PENTAX ", ("pentax", "ricoh")), (b"Ricoh", ("ricoh",)), (b"RICOH", ("ricoh", "pentax")), (b"SANYO\0", ("sanyo",)),
    (b"SIGMA\0", ("sigma",)), (b"FOVEON\0", ("sigma",)), (b"EPSON\0", ("epson",)),
)  # fmt: skip
_ALWAYS_SIGNED = ("fuji", "olympus", "apple")
_ON_EARTH_M = (-500.0, 9000.0)
_DAYS = timedelta(days=2)
_RATIO = re.compile(r"^(-?\d{1,12})(?:/(\d{1,12}))?$")


def mandatory_missing(facts: Facts, layout: ExifLayout) -> float:
    """Share of the mandatory tags that are missing."""
    return _share_missing([_has(layout, *tag) for tag in _MANDATORY])


def exposure_missing(facts: Facts, layout: ExifLayout) -> float:
    """Share of the settings of a shot that are missing."""
    return _share_missing([any(_has(layout, tiff.EXIF, tag) for tag in tags) for tags in _EXPOSURE])


def dates_missing(facts: Facts, layout: ExifLayout) -> float:
    """Share of the three dates that are missing."""
    return _share_missing([_has(layout, *tag) for tag in _DATES])


def maker_note_missing(facts: Facts, layout: ExifLayout) -> float:
    """No block of the maker's own."""
    return float(not _has(layout, tiff.EXIF, 0x927C))


def maker_note_foreign(facts: Facts, layout: ExifLayout) -> float:
    """The maker's block is signed by another maker than the make, or lacks the signature that this make always writes."""
    make, head = facts.value(IFD0, "Make").lower(), bytes.fromhex(layout["maker_note_head"])
    if not head:
        return 0.0
    owners = next((owners for signature, owners in _SIGNATURES if head.startswith(signature)), None)
    if owners is None:
        return float(make.startswith(_ALWAYS_SIGNED))
    return float(not any(owner in make for owner in owners))


def preview_missing(facts: Facts, layout: ExifLayout) -> float:
    """No directory for a preview."""
    return float(tiff.PREVIEW not in layout["directories"])


def tags_disordered(facts: Facts, layout: ExifLayout) -> float:
    """A directory whose tags do not ascend, as TIFF 6.0 demands."""
    directories = ([tag for tag, _ in entries] for entries in layout["directories"].values())
    return float(any(tags != sorted(tags) for tags in directories))


def types_unusual(facts: Facts, layout: ExifLayout) -> float:
    """Tags written as another type than the standard's; two or more count fully."""
    main = (layout["directories"].get(name, []) for name in (tiff.IFD0, tiff.EXIF))
    odd = sum(kind not in _TYPES.get(tag, (kind,)) for entries in main for tag, kind in entries)
    return min(1.0, odd / _ODD_TYPES)


def dates_apart(facts: Facts, layout: ExifLayout) -> float:
    """Taken and digitised at different seconds: a camera does both at once."""
    taken, digitised = (facts.value(EXIF, name) for name in ("DateTimeOriginal", "DateTimeDigitized"))
    return float(bool(parse_date(taken) and parse_date(digitised)) and taken != digitised)


def saved_later(facts: Facts, layout: ExifLayout) -> float:
    """Written a minute or more after it was taken."""
    taken, written = parse_date(facts.value(EXIF, "DateTimeOriginal")), parse_date(facts.value(IFD0, "DateTime"))
    return float(taken is not None and written is not None and written - taken >= timedelta(minutes=1))


def position_odd(facts: Facts, layout: ExifLayout) -> float:
    """A position as no receiver writes it: without version or hemisphere, at zero, far below or above ground, of another day."""
    tags = {tag for tag, _ in layout["directories"].get(tiff.GPS, [])}
    if not tags & {2, 4}:
        return 0.0
    incomplete = not {1, 2, 3, 4} <= tags
    nowhere = facts.reading["gps_deg"] == [0.0, 0.0]
    return float(incomplete or nowhere or not _on_earth(facts) or _other_day(facts))


def jfif(facts: Facts, layout: ExifLayout) -> float:
    """The stream begins as a program's (JFIF), not as a camera's."""
    return float("JFIF" in facts.reading["marks"])


Trait = Callable[[Facts, ExifLayout], float]
TRAITS: tuple[Trait, ...] = (
    mandatory_missing, exposure_missing, dates_missing, maker_note_missing, maker_note_foreign, preview_missing, tags_disordered,
    types_unusual, dates_apart, saved_later, position_odd, jfif,
)  # fmt: skip


def traits_of(facts: Facts) -> dict[str, float] | None:
    """Every trait by its name, [0, 1]; None for a file that is no JPEG whose EXIF names a camera."""
    layout = facts.reading["exif_layout"]
    if facts.mime_type != "image/jpeg" or layout is None or not facts.camera:
        return None
    return {trait.__name__: trait(facts, layout) for trait in TRAITS}


def _has(layout: ExifLayout, directory: str, tag: int) -> bool:
    return any(found == tag for found, _ in layout["directories"].get(directory, []))


def _share_missing(present: list[bool]) -> float:
    return present.count(False) / len(present)


def _on_earth(facts: Facts) -> bool:
    match = _RATIO.match(facts.value("GPS", "GPSAltitude"))
    if not match or not int(match[2] or 1):
        return True
    return _ON_EARTH_M[0] <= int(match[1]) / int(match[2] or 1) <= _ON_EARTH_M[1]


def _other_day(facts: Facts) -> bool:
    """Whether the receiver's day (UTC) is not that of the shot, in any time zone."""
    taken, stamped = parse_date(facts.value(EXIF, "DateTimeOriginal")), _day(facts.value("GPS", "GPSDate"))
    return taken is not None and stamped is not None and abs(taken.date() - stamped) > _DAYS


def _day(text: str) -> date | None:
    moment = parse_date(f"{text[:10]} 00:00:00")
    return moment.date() if moment else None
