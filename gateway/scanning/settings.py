"""Settings of who looks at uploads for malware."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from gateway.scanning.clamd import ClamdAddress
from kit.settings import ServerSettings


class ScanningSettings(ServerSettings):
    """A part of the gateway's settings."""

    clamd_url: str = Field(
        default="",
        description="Where clamd (ClamAV) listens: tcp://host:port or unix:///path. When empty, files are not scanned for "
        "malware and say so. Set AlertExceedsMax yes there, or it calls files clean of which it saw a part.",
    )
    clamd_required: bool = Field(
        default=True, description="Refuse uploads that clamd cannot scan; otherwise they are taken as unscanned."
    )
    clamd_timeout_s: float = Field(
        default=60.0, gt=0, description="Seconds that clamd gets for a file, waiting included."
    )
    clamd_max_bytes: int = Field(
        default=100 * 2**20,
        ge=1,
        description="Longest file that clamd looks at whole: the least of its StreamMaxLength, MaxFileSize and MaxScanSize.",
    )
    clamd_connections: int = Field(
        default=8, ge=1, description="Files that clamd gets at once; fewer than its MaxThreads."
    )
    shipped_rules: bool = Field(
        default=True, description="Refuse what matches our own YARA rules (gateway/scanning/rules)."
    )
    yara_rules: Path | None = Field(
        default=None,
        description="Folder of further YARA rules (*.yar, *.yara; without includes). What matches one is refused, so try them "
        "on genuine media first.",
    )

    @field_validator("clamd_url")
    @classmethod
    def _clamd_has_an_address(cls, value: str) -> str:
        if value:
            ClamdAddress.parse(value)
        return value
