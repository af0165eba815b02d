"""What is counted of runs of networks, by the name of the model: cards are checked when they are loaded, no caller names any."""

from __future__ import annotations

from typing import Final

from kit.telemetry import Histogram, Reading

WAITING: Final = Reading("telltale_batch_waiting", "Requests that wait for a core.", "model")
ROWS: Final = Histogram(
    "telltale_batch_rows", "Rows of the runs.", "model", edges=(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
)
WAIT_SECONDS: Final = Histogram(
    "telltale_batch_wait_seconds",
    "How long requests waited for a core.",
    "model",
    edges=(0.0001, 0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
