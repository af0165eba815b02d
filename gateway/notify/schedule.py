"""When a notification is tried again."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 3600.0
LIFE = timedelta(days=1)
"""How long it is tried."""

_DOUBLINGS = 12  # beyond that the pause is the longest anyway
_SECONDS = re.compile(r"[0-9]{1,9}")


def pause_s(attempts: int, chance: random.Random) -> float:
    """Seconds to wait after as many failed attempts, at least 1: twice as long each time, at most an hour.

    Half of it is left to chance, so that those who failed together do not come back together.
    """
    most = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(attempts, _DOUBLINGS))
    return chance.uniform(most / 2, most)


def wished_pause_s(retry_after: str, now: datetime) -> float:
    """Seconds that a Retry-After header (RFC 9110, section 10.2.3) asks for; 0 when it says nothing that can be read."""
    if _SECONDS.fullmatch(retry_after):
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, (moment - now).total_seconds()) if moment.tzinfo is not None else 0.0
