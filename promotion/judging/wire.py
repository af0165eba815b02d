"""What is said between who measures and the process that is measured: one JSON object a line, orders in, answers out."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Service = Literal["image", "temporal", "av_sync", "metadata", "fusion"]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Order(_Message):
    """What to judge, said once at the start."""

    # The model that it is about.
    subject: str
    service: Service
    # Folder of every model, by name.
    models: dict[str, str]
    # Whether the verdict over the service's evidence is taken, and not the ratio of the model's own test.
    by_verdict: bool
    # Log-likelihood ratio from which a test without operating points is said to accuse.
    threshold_llr: float


class Ready(_Message):
    """The models are loaded and warm, and their networks were checked."""

    parity: list[str]
    checks: str


class Look(_Message):
    """Judge this file, if it is still the one with this digest."""

    path: str
    sha256: str


class Opinion(_Message):
    """What was said of it; see promotion.measurements.Reading. With an `error` it could not be judged at all."""

    llr: float | None = None
    alarm: bool = False
    cpu_s: float = 0.0
    abstention: str = ""
    # Most memory that the process held until now.
    peak_rss_bytes: int
    error: str = ""
