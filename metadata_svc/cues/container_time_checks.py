"""Questions about times, lengths and headers of a container, which it states whether it claims a device or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from metadata_svc.claim import Claim
from metadata_svc.cues.exif_checks import Answer, Conflict, Outcome, parse_date
from metadata_svc.reading.containers.found import OTHER

TRACK_TIMES_DIFFER = "container_track_times_differ"
CREATED_IN_FUTURE = "container_created_in_future"
DATES_DIFFER = "container_dates_differ"
DURATIONS_DIFFER = "container_durations_differ"
HEADER_IMPOSSIBLE = "container_header_impossible"
ENCODERS_DIFFER = "container_encoders_differ"

# Time zones span 26 hours, and some cameras write local time where universal time belongs.
_SLACK = timedelta(hours=48)
_DATES = ("com.apple.quicktime.creationdate", "©day", "DateTimeOriginal", "OriginationDate", "IDIT")
_SHORTEST_S = 1.0
_LONGEST_DIFFERENCE_S = 1.0
_LARGEST_DIFFERENCE = 0.1


def track_times_differ(claim: Claim, _now: datetime) -> Answer:
    """Movie and tracks of one recording were begun together."""
    times = sorted(_times(claim))
    if len(times) < 2:
        return Outcome.NOT_ASKED
    if times[-1] - times[0] > _SLACK:
        return Conflict(TRACK_TIMES_DIFFER, {"first": _shown(times[0]), "second": _shown(times[-1])})
    return Outcome.PASSED


def created_in_future(claim: Claim, now: datetime) -> Answer:
    """No time lies more than two days ahead."""
    times = _times(claim)
    if not times:
        return Outcome.NOT_ASKED
    return Conflict(CREATED_IN_FUTURE, {"date": _shown(max(times))}) if max(times) > now + _SLACK else Outcome.PASSED


def dates_differ(claim: Claim, _now: datetime) -> Answer:
    """The day in the tags is the day in the container."""
    tagged = [date for text in claim.values(*_DATES) if (date := parse_date(text)) is not None]
    times = _times(claim)
    if not tagged or not times:
        return Outcome.NOT_ASKED
    said = tagged[0].replace(tzinfo=UTC)
    if abs(times[0] - said) > _SLACK:
        return Conflict(DATES_DIFFER, {"tagged": _shown(said), "written": _shown(times[0])})
    return Outcome.PASSED


def durations_differ(claim: Claim, _now: datetime) -> Answer:
    """A device stops all tracks together. Files that claim none are not asked: their makers may have meant it."""
    lengths = [track["duration_s"] for track in claim.container["tracks"] if track["kind"] != OTHER]
    known = sorted(length for length in lengths if length)
    if not claim.device or len(known) < 2 or known[-1] < _SHORTEST_S:
        return Outcome.NOT_ASKED
    if known[-1] - known[0] > max(_LONGEST_DIFFERENCE_S, _LARGEST_DIFFERENCE * known[-1]):
        return Conflict(DURATIONS_DIFFER, {"shortest_s": f"{known[0]:.1f}", "longest_s": f"{known[-1]:.1f}"})
    return Outcome.PASSED


def header_impossible(claim: Claim, _now: datetime) -> Answer:
    """The numbers in the header of a WAVE file follow from each other."""
    if "fmt" not in claim.container["layout"]:
        return Outcome.NOT_ASKED
    wrong = "rate_impossible" in claim.container["flaws"]
    return Conflict(HEADER_IMPOSSIBLE, {"format": claim.container["format"]}) if wrong else Outcome.PASSED


def encoders_differ(claim: Claim, _now: datetime) -> Answer:
    """The program that the tags of an MP3 name as its encoder is the one that signed the stream."""
    container = claim.container
    named, signed = claim.rules.program(container["writer"]), claim.rules.program(container["encoder"])
    if container["format"] != "MP3" or not named or not signed:
        return Outcome.NOT_ASKED
    parameters = {"named": container["writer"], "signed": container["encoder"]}
    return Outcome.PASSED if named == signed else Conflict(ENCODERS_DIFFER, parameters)


def _times(claim: Claim) -> list[datetime]:
    """Times of the whole and of its tracks that are set, the whole first."""
    texts = [claim.container["create_time"], *(track["create_time"] for track in claim.container["tracks"])]
    return [datetime.fromisoformat(text) for text in texts if text]


def _shown(time: datetime) -> str:
    return time.date().isoformat()
