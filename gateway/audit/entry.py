"""What the log says of one call, and the hash that seals it.

The hash of an entry is the SHA-256 of its canonical JSON: one object with exactly the names below, in order of their code points,
no blanks between tokens, UTF-8 of which only `"`, `\\` and characters below U+0020 are escaped, whole numbers in decimal digits:

    {"calls":…,"method":…,"network":…,"outcome":…,"owner":…,"previous":…,"requestId":…,"resources":[…],"sequence":…,"timeMs":…,"tokenId":…}

`previous` is the hash of the entry before in 64 hexadecimal digits, of the first one 64 zeros. Who changes an entry has to change
all that follow; against that there are heads, signed and kept elsewhere (`gateway.audit.head`).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

OK = "OK"
NOTHING = "0" * 64
"""The hash before the first entry."""

MOST_RESOURCES = 200
_LONGEST = 128
_in_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Event:
    """What happened. It holds names and identifiers alone: the log outlives the media, so nothing of a medium may be in it.

    Attributes:
        time_ms: when it ended, milliseconds since 1970 by the clock of who wrote it.
        method: of the contract, or what happened without a call: "ExpireMedia", "CreateToken", "StartGateway", …
        outcome: "OK", "CANCELLED", or the reason of the error.
        token_id: by which token; empty for visitors and where there was no valid one.
        owner: whose resources; empty where nobody knows.
        resources: names of what was asked for or made; "media/-" is a list of the owner's media.
        network: of the caller, see `gateway.door.visitors.neighbourhood`; empty without a call.
        request_id: the edge's UUID of the call; empty when there is none.
        calls: how many calls it stands for: more than one only where strangers were refused (`gateway.audit.strangers`).
    """

    time_ms: int
    method: str
    outcome: str
    token_id: str = ""
    owner: str = ""
    resources: tuple[str, ...] = ()
    network: str = ""
    request_id: str = ""
    calls: int = 1


@dataclass(frozen=True)
class Entry:
    """An event in its place.

    Attributes:
        sequence: 1 for the first one, without gaps.
        previous: hash of the entry before.
        digest: hash of this one as it is stored.
    """

    sequence: int
    event: Event
    previous: str
    digest: str

    def computed(self) -> str:
        """The hash that it should have."""
        return digest_of(self.sequence, self.event, self.previous)


def sealed(sequence: int, event: Event, previous: str) -> Entry:
    """The entry that an event becomes behind `previous`."""
    return Entry(sequence, event, previous, digest_of(sequence, event, previous))


def digest_of(sequence: int, event: Event, previous: str) -> str:
    """The hash of an entry, 64 hexadecimal digits."""
    document = {
        "calls": event.calls,
        "method": event.method,
        "network": event.network,
        "outcome": event.outcome,
        "owner": event.owner,
        "previous": previous,
        "requestId": event.request_id,
        "resources": event.resources,
        "sequence": sequence,
        "timeMs": event.time_ms,
        "tokenId": event.token_id,
    }
    # The names above are in order already.
    return hashlib.sha256(_in_json(document).encode()).hexdigest()


def plain(text: str) -> str:
    """An identifier as the log takes it: what cannot be shown is left out, and it is not endless."""
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())[:_LONGEST]


def request_id_in(text: str) -> str:
    """A UUID, in lower case; of anything else nothing, since a client may have written it."""
    found = _UUID.fullmatch(text.lower())
    return found[0] if found else ""


def listed(names: list[str]) -> tuple[str, ...]:
    """Names in their order, each once; beyond `MOST_RESOURCES` only how many more there were, e.g. "+57"."""
    distinct = tuple(dict.fromkeys(names))
    more = len(distinct) - MOST_RESOURCES
    return distinct if more <= 0 else (*distinct[:MOST_RESOURCES], f"+{more}")
