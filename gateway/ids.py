"""Names of resources: made by us, sortable by time, not guessable, and never anything that a client sent."""

from __future__ import annotations

from datetime import datetime

from ulid import ULID

from kit.clock import Clock

MEDIA = "media"
ANALYSES = "analyses"


def new_id(clock: Clock) -> str:
    """A ULID in lower case: 26 base32 characters of Crockford's alphabet, milliseconds first, then 80 random bits."""
    return str(ULID.from_timestamp(clock.now().timestamp())).lower()


def time_of(resource_id: str) -> datetime:
    """When an id was made, to the millisecond. Raises ValueError for what is no id of ours."""
    return ULID.from_str(resource_id.upper()).datetime


def lowest_id(moment: datetime) -> str:
    """The lowest id that can have been made at a moment: what sorts before it is older."""
    return str(ULID.from_timestamp(moment.timestamp()))[:10].lower() + "0" * 16


def media_name(media_id: str) -> str:
    """The resource name "media/{id}"."""
    return f"{MEDIA}/{media_id}"


def analysis_name(analysis_id: str) -> str:
    """The resource name "analyses/{id}"."""
    return f"{ANALYSES}/{analysis_id}"


def operation_name(analysis_id: str) -> str:
    """The resource name "operations/{id}" of what makes an analysis."""
    return f"operations/{analysis_id}"


def share_name(analysis_id: str, share_id: str) -> str:
    """The resource name "analyses/{id}/shares/{id}"."""
    return f"{analysis_name(analysis_id)}/shares/{share_id}"


def feedback_name(analysis_id: str) -> str:
    """The resource name "analyses/{id}/feedback"."""
    return f"{analysis_name(analysis_id)}/feedback"


def contribution_name(contribution_id: str) -> str:
    """The resource name "contributions/{id}"."""
    return f"contributions/{contribution_id}"


def id_in(name: str) -> str:
    """The id in a resource name that has passed its contract's pattern; of what belongs to an analysis, the analysis's."""
    return name.split("/")[1]


def cue_in(map_name: str) -> str:
    """The cue in "analyses/{id}/maps/{cue}"."""
    return map_name.split("/")[3]


def share_id_in(share: str) -> str:
    """The second id in "analyses/{id}/shares/{id}"."""
    return share.split("/")[3]
