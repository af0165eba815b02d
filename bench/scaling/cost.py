"""From CPU seconds to CPU hours, pods and money. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PHOTOS = 1_000_000
HOURS = 1000
_HOUR_S = 3600.0


@dataclass(frozen=True)
class Cost:
    """CPU hours by service, and what all together cost at a price per vCPU hour."""

    cpu_h: Mapping[str, float]
    price_per_cpu_h: float

    @property
    def all_cpu_h(self) -> float:
        """Of all services together."""
        return sum(self.cpu_h.values())

    @property
    def money(self) -> float:
        """At full use; divide it by the share of the time that machines have work to do."""
        return self.all_cpu_h * self.price_per_cpu_h


def of_photos(cpu_s_a_photo: Mapping[str, float], price_per_cpu_h: float) -> Cost:
    """A million photos."""
    return Cost({name: spent * PHOTOS / _HOUR_S for name, spent in cpu_s_a_photo.items()}, price_per_cpu_h)


def of_hours(cpu_s_an_hour: Mapping[str, float], price_per_cpu_h: float) -> Cost:
    """A thousand hours of playing time."""
    return Cost({name: spent * HOURS / _HOUR_S for name, spent in cpu_s_an_hour.items()}, price_per_cpu_h)
