"""Settings of the monitor of drift."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kit.settings import LogLevel, Settings, settings_config
from monitoring.drift.reference import LEAST, SHIPPED


class DriftSettings(Settings):
    """Read from variables that begin with TELLTALE_DRIFT_."""

    model_config = settings_config("TELLTALE_DRIFT_")

    prediction_log: str = Field(description="Folder of the gateways' prediction log: a path, s3://… or gs://…")
    reference: Path = Field(default=SHIPPED, description="File of the reference: python -m monitoring.drift.reference.")
    window: int = Field(default=500, ge=LEAST, description="Newest predictions of each medium that are compared.")
    window_h: float = Field(default=24.0, gt=0, description="Hours after which a prediction is too old for that.")
    interval_s: float = Field(default=300.0, gt=0, description="Seconds between two looks.")
    metrics_host: str = Field(default="127.0.0.1", description="Address at which metrics can be read.")
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="TCP port at which metrics can be read, without a token; 0: none."
    )
    log_level: LogLevel = Field(default="INFO", description="Least severe level that is logged.")
