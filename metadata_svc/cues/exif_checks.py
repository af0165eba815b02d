"""Questions to EXIF that have a wrong answer. Each check says a conflict, that there is none, or that it could not ask."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from metadata_svc.facts import EXIF, IFD0, XMP, Facts


@dataclass(frozen=True)
class Conflict:
    """Two statements that cannot both be true: a stable code, and the values for its sentence."""

    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class Outcome(enum.Enum):
    """What a check says when there is no conflict."""

    PASSED = "passed"
    NOT_ASKED = "not asked"


Answer = Conflict | Outcome
Check = Callable[[Facts, datetime], Answer]

ORIGINAL_AFTER_MODIFIED = "exif_original_after_modified"
DIGITIZED_BEFORE_ORIGINAL = "exif_digitized_before_original"
DATE_IN_FUTURE = "exif_date_in_future"
DATE_IMPOSSIBLE = "exif_date_impossible"
THUMBNAIL_SHAPE = "exif_thumbnail_shape"
THUMBNAIL_CONTENT = "exif_thumbnail_content"
GPS_OUT_OF_RANGE = "exif_gps_out_of_range"
PIXEL_SIZE = "exif_pixel_size"
MAKER_NOTE_MISSING = "exif_maker_note_missing"
MODEL_OF_OTHER_MAKE = "exif_model_of_other_make"
MODEL_DIFFERS_FROM_XMP = "exif_model_differs_from_xmp"

# Time zones span 26 hours and EXIF dates carry none.
_SLACK = timedelta(hours=48)
_DATE = re.compile(r"^(\d{4})[:\-](\d{2})[:\-](\d{2})[ T](\d{2}):(\d{2}):(\d{2})")
_UNSET = re.compile(r"^[0: \-]*$")
_DATE_TAGS = ((EXIF, "DateTimeOriginal"), (EXIF, "DateTimeDigitized"), (IFD0, "DateTime"))
# The size that DCF asks for; cameras fill it with black bars whatever shape the picture has.
_DCF_THUMBNAIL = [160, 120]
_SHAPE_TOLERANCE = 0.12
# Among the labelled files the preview of the picture itself reaches 0.75 or more, that of another picture rarely 0.6.
_LEAST_CORRELATION = 0.65
# Makers whose still cameras have always written a maker note.
_ALWAYS_MAKER_NOTE = re.compile(r"^(canon|nikon|fujifilm|olympus|pentax)", re.IGNORECASE)
_MAKERS = {
    "canon": "canon", "nikon": "nikon", "sony": "sony", "fujifilm": "fujifilm", "olympus": "olympus", "apple": "apple",
    "iphone": "apple", "panasonic": "panasonic", "samsung": "samsung", "huawei": "huawei", "xiaomi": "xiaomi",
    "pentax": "pentax", "ricoh": "pentax", "google": "google", "pixel": "google", "motorola": "motorola", "casio": "casio",
}  # fmt: skip


def original_after_modified(facts: Facts, _now: datetime) -> Answer:
    """Nobody changes a photo before taking it."""
    return _ordered(facts, _DATE_TAGS[0], _DATE_TAGS[2], ORIGINAL_AFTER_MODIFIED)


def digitized_before_original(facts: Facts, _now: datetime) -> Answer:
    """Nobody digitises a photo before taking it."""
    return _ordered(facts, _DATE_TAGS[0], _DATE_TAGS[1], DIGITIZED_BEFORE_ORIGINAL)


def date_in_future(facts: Facts, now: datetime) -> Answer:
    """No date lies more than two days ahead."""
    dates = [(text, date) for text in _dates(facts) if (date := parse_date(text)) is not None]
    late = [text for text, date in dates if date > now.replace(tzinfo=None) + _SLACK]
    if late:
        return Conflict(DATE_IN_FUTURE, {"date": late[0]})
    return Outcome.PASSED if dates else Outcome.NOT_ASKED


def date_impossible(facts: Facts, _now: datetime) -> Answer:
    """A date in the form of EXIF is a day of the calendar. Blanks and zeros mean "not set"."""
    formed = [text for text in _dates(facts) if _DATE.match(text) and not _UNSET.match(text)]
    wrong = [text for text in formed if parse_date(text) is None]
    if wrong:
        return Conflict(DATE_IMPOSSIBLE, {"date": wrong[0]})
    return Outcome.PASSED if formed else Outcome.NOT_ASKED


def thumbnail_shape(facts: Facts, _now: datetime) -> Answer:
    """The embedded preview has the shape of the stored picture, or is a lying DCF frame around a lying picture."""
    thumbnail, stored = facts.reading["thumbnail_px"], facts.reading["jpeg"]
    if not thumbnail or not stored or not all(thumbnail) or not stored["width_px"] or not stored["height_px"]:
        return Outcome.NOT_ASKED
    picture = (stored["width_px"], stored["height_px"])
    if thumbnail == _DCF_THUMBNAIL:
        differs = picture[0] < picture[1]
    else:
        differs = abs(thumbnail[0] * picture[1] / (thumbnail[1] * picture[0]) - 1) > _SHAPE_TOLERANCE
    sizes = {"thumbnail": f"{thumbnail[0]}x{thumbnail[1]}", "picture": f"{picture[0]}x{picture[1]}"}
    return Conflict(THUMBNAIL_SHAPE, sizes) if differs else Outcome.PASSED


def thumbnail_content(facts: Facts, _now: datetime) -> Answer:
    """The embedded preview shows the picture, or a part of what it was cut from."""
    preview = facts.preview
    if preview is None:
        return Outcome.NOT_ASKED
    if preview["correlation"] >= _LEAST_CORRELATION:
        return Outcome.PASSED
    return Conflict(THUMBNAIL_CONTENT, {"correlation": f"{preview['correlation']:.2f}"})


def gps_out_of_range(facts: Facts, _now: datetime) -> Answer:
    """Latitudes end at 90 degrees and longitudes at 180."""
    position = facts.reading["gps_deg"]
    if position is None:
        return Outcome.NOT_ASKED
    latitude, longitude = position
    if abs(latitude) > 90 or abs(longitude) > 180:
        return Conflict(GPS_OUT_OF_RANGE, {"latitude": f"{latitude:.3f}", "longitude": f"{longitude:.3f}"})
    return Outcome.PASSED


def pixel_size(facts: Facts, _now: datetime) -> Answer:
    """The size that the camera noted is the size of the picture, in either orientation."""
    noted = [facts.value(EXIF, name) for name in ("ExifImageWidth", "ExifImageLength")]
    if not all(text.isdecimal() and int(text) for text in noted) or not facts.width_px or not facts.height_px:
        return Outcome.NOT_ASKED
    actual = [facts.width_px, facts.height_px]
    if sorted(map(int, noted)) == sorted(actual):
        return Outcome.PASSED
    return Conflict(PIXEL_SIZE, {"noted": "x".join(noted), "actual": f"{actual[0]}x{actual[1]}"})


def maker_note_missing(facts: Facts, _now: datetime) -> Answer:
    """Some makers' cameras always write a maker note; most programs drop it."""
    make = facts.value(IFD0, "Make")
    asked = _ALWAYS_MAKER_NOTE.match(make) and facts.value(EXIF, "DateTimeOriginal")
    if not facts.camera or not asked or facts.reading["exif_damaged"]:
        return Outcome.NOT_ASKED
    return (
        Outcome.PASSED if facts.reading["maker_note_bytes"] else Conflict(MAKER_NOTE_MISSING, {"camera": facts.camera})
    )


def model_of_other_make(facts: Facts, _now: datetime) -> Answer:
    """A model that names a maker names its own."""
    make, model = _makers(facts.value(IFD0, "Make")), _makers(facts.value(IFD0, "Model"))
    if not make or not facts.camera:
        return Outcome.NOT_ASKED
    parameters = {"make": facts.value(IFD0, "Make"), "model": facts.value(IFD0, "Model")}
    return Conflict(MODEL_OF_OTHER_MAKE, parameters) if model - make else Outcome.PASSED


def model_differs_from_xmp(facts: Facts, _now: datetime) -> Answer:
    """Where XMP repeats the camera model, it repeats it as it is."""
    exif, xmp = facts.value(IFD0, "Model").strip(), facts.value(XMP, "Model").strip()
    if not exif or not xmp:
        return Outcome.NOT_ASKED
    return Outcome.PASSED if exif == xmp else Conflict(MODEL_DIFFERS_FROM_XMP, {"exif": exif, "xmp": xmp})


CHECKS: tuple[Check, ...] = (
    original_after_modified, digitized_before_original, date_in_future, date_impossible, thumbnail_shape, thumbnail_content,
    gps_out_of_range, pixel_size, maker_note_missing, model_of_other_make, model_differs_from_xmp,
)  # fmt: skip


def parse_date(text: str) -> datetime | None:
    """A date as EXIF or ISO 8601 write it, without its zone; None when it is none."""
    match = _DATE.match(text)
    try:
        return datetime(*(int(part) for part in match.groups())) if match else None  # type: ignore[arg-type]  # six ints
    except ValueError:
        return None


def _dates(facts: Facts) -> list[str]:
    return [text for group, name in _DATE_TAGS if (text := facts.value(group, name))]


def _ordered(facts: Facts, first: tuple[str, str], second: tuple[str, str], code: str) -> Answer:
    """Whether the first date is not later than the second, with a day of grace for time zones."""
    texts = facts.value(*first), facts.value(*second)
    earlier, later = parse_date(texts[0]), parse_date(texts[1])
    if earlier is None or later is None:
        return Outcome.NOT_ASKED
    if earlier > later + _SLACK:
        return Conflict(code, {"original": texts[0], "other": texts[1]})
    return Outcome.PASSED


def _makers(text: str) -> set[str]:
    return {_MAKERS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _MAKERS}
