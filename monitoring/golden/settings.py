"""Settings of the golden job."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kit.settings import LogLevel, Settings, settings_config


class GoldenSettings(Settings):
    """Read from variables that begin with TELLTALE_GOLDEN_."""

    model_config = settings_config("TELLTALE_GOLDEN_")

    folder: Path = Field(description="Folder of the golden set: golden.csv and the files that it names.")
    gateway: str = Field(default="http://127.0.0.1:50051", description="Address of the gateway: https://host:port.")
    token_file: Path = Field(description="File with a token that may analyze; read at every call.")
    ca_file: Path | None = Field(default=None, description="PEM authorities that the gateway must chain to.")
    certificate_file: Path | None = Field(default=None, description="PEM certificate to show the gateway (mTLS).")
    key_file: Path | None = Field(default=None, description="PEM private key of that certificate.")
    allow_plaintext: bool = Field(
        default=False, description="Whether the token may travel unencrypted to another machine."
    )
    interval_h: float = Field(default=6.0, gt=0, description="Hours between two rounds.")
    metrics_host: str = Field(default="127.0.0.1", description="Address at which metrics can be read.")
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="TCP port at which metrics can be read, without a token; 0: none."
    )
    log_level: LogLevel = Field(default="INFO", description="Least severe level that is logged.")
