"""Where a test points at, in ninths of the picture: what boxes and maps carry, and no more.

A box says where in the picture something is, and its track whose face it belongs to; that it is a mouth, no test says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from fusion_svc.segments import Stretch
from fusion_svc.sentences import PLACES
from fusion_svc.timeline import seconds
from telltale.common.v1 import evidence_pb2, faces_pb2

# What covers more of the picture than this is not at a place in it.
LARGEST_SHARE = 0.5
# Cells of a map that respond as strongly as its strongest one, by and large.
PEAK_SHARE = 0.9


@dataclass(frozen=True)
class Spot:
    """Where, on whom and when a test responded most."""

    place: str
    # Left, top, right, bottom in [0, 1].
    box: tuple[float, float, float, float]
    track_id: int | None = None
    # None for a still.
    time_s: float | None = None

    @property
    def machine_values(self) -> dict[str, str]:
        """The place, its box and its moment in seconds."""
        box = ",".join(f"{edge:.3f}" for edge in self.box)
        moment = {} if self.time_s is None else {"moment": f"{self.time_s:.3f}"}
        return {"place": self.place, "box": box, **moment}


def spot(finding: evidence_pb2.Finding, stretch: Stretch | None) -> Spot | None:
    """The strongest region that lies in the stretch and on its person; without regions, the peak of the map."""
    if not finding.regions:
        return _peak(finding.map) if finding.HasField("map") and stretch is None else None
    inside = [each for each in finding.regions if _usable(each) and (stretch is None or _lies_in(each, stretch))]
    if not inside:
        return None
    region = min(inside, key=lambda each: (-each.strength, _moment(each) or 0.0, _edges(each.box)))
    place = _place(_edges(region.box))
    track_id = region.track_id if region.HasField("track_id") else None
    return Spot(place, _edges(region.box), track_id, _moment(region)) if place else None


def people(evidence: Iterable[evidence_pb2.Evidence]) -> int:
    """How many people the evidence tells apart."""
    return len({track_id for entry in evidence for track_id in _tracks(entry.finding)})


def _tracks(finding: evidence_pb2.Finding) -> Iterator[int]:
    yield from (each.track_id for each in finding.regions if each.HasField("track_id"))
    yield from (each.track_id for each in finding.spans if each.HasField("track_id"))


def _usable(region: evidence_pb2.Region) -> bool:
    # NaN fails every comparison.
    left, top, right, bottom = _edges(region.box)
    return 0 < region.strength <= 1 and 0 <= left < right <= 1 and 0 <= top < bottom <= 1


def _lies_in(region: evidence_pb2.Region, stretch: Stretch) -> bool:
    """A region without a moment may be of another one."""
    time_s = _moment(region)
    own = region.track_id if region.HasField("track_id") else None
    return own == stretch.track_id and time_s is not None and stretch.start_s <= time_s <= stretch.end_s


def _moment(region: evidence_pb2.Region) -> float | None:
    return max(0.0, seconds(region.time_offset)) if region.HasField("time_offset") else None


def _edges(box: faces_pb2.NormalizedBox) -> tuple[float, float, float, float]:
    return box.x_min, box.y_min, box.x_max, box.y_max


def _place(box: tuple[float, float, float, float]) -> str | None:
    """The ninth of the picture that the middle of a box lies in; None for one that is nearly everywhere."""
    left, top, right, bottom = box
    if (right - left) * (bottom - top) > LARGEST_SHARE:
        return None
    column, row = (min(2, int(3 * (low + high) / 2)) for low, high in ((left, right), (top, bottom)))
    return PLACES[3 * row + column]


def _peak(response: evidence_pb2.EvidenceMap) -> Spot | None:
    """The box around all cells near the strongest."""
    width, height = response.width, response.height
    cells = np.frombuffer(response.values, np.uint8)
    if not cells.size or cells.size != width * height or not cells.max():
        return None
    rows, columns = np.nonzero(cells.reshape(height, width) >= PEAK_SHARE * cells.max())
    left, top, right, bottom = _edges(response.area) if response.HasField("area") else (0.0, 0.0, 1.0, 1.0)
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        return None
    box = (
        left + (right - left) * float(columns.min()) / width,
        top + (bottom - top) * float(rows.min()) / height,
        left + (right - left) * float(columns.max() + 1) / width,
        top + (bottom - top) * float(rows.max() + 1) / height,
    )
    place = _place(box)
    return Spot(place, box) if place else None
