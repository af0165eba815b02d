"""What a process tells about itself while it works: metrics (`metrics`) and traces (`tracing`)."""

from __future__ import annotations

from kit.telemetry.metrics import (
    SECONDS,
    Counter,
    Definition,
    Gauge,
    Histogram,
    Reading,
    announce,
    definitions,
    exposition,
    served,
)

__all__ = [
    "SECONDS",
    "Counter",
    "Definition",
    "Gauge",
    "Histogram",
    "Reading",
    "announce",
    "definitions",
    "exposition",
    "served",
]
