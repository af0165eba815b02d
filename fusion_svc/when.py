"""Who and when, in words: sentences about stretches of a video or a recording.

What was heard is told without a person: whose voice it is, nobody tested.
"""

from __future__ import annotations

from fusion_svc.catalogue import Catalogue
from fusion_svc.segments import Stretch
from fusion_svc.values import decimal


def clock(time_s: float, decimal_mark: str = ".") -> str:
    """A time as on a player, to a tenth of a second, e.g. "0:03.2"."""
    tenths = round(10 * time_s)
    return decimal(f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}", decimal_mark)


def parameters(stretch: Stretch, *, heard: bool) -> dict[str, str]:
    """Machine values of a stretch: times in seconds, and of what was seen the number of the person, counted from 1."""
    person = {} if heard or stretch.track_id is None else {"person": str(stretch.track_id + 1)}
    return {**person, "start": f"{stretch.start_s:.3f}", "end": f"{stretch.end_s:.3f}"}


def code(name: str, stretch: Stretch, *, heard: bool) -> str:
    """The catalogue has a sentence for sound, for a person and for the whole picture."""
    if heard:
        return f"{name}_sound"
    return f"{name}_{'picture' if stretch.track_id is None else 'person'}"


def sentence(name: str, stretch: Stretch, catalogue: Catalogue, *, heard: bool, **values: str) -> str:
    """A general sentence about a stretch."""
    mark = catalogue.decimal_mark
    times = {"start": clock(stretch.start_s, mark), "end": clock(stretch.end_s, mark)}
    told = {**parameters(stretch, heard=heard), **times, **values}
    return catalogue.say(code(name, stretch, heard=heard), told)
