"""Settings of the gateway, read from TELLTALE_GATEWAY_*."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from limits import parse
from pydantic import Field, field_validator

from gateway.budgets import Budgets, ByDepth
from kit.settings import ServerSettings, settings_config


class GatewaySettings(ServerSettings):
    """Everything that an operator may want to change."""

    model_config = settings_config("TELLTALE_GATEWAY_")

    port: int = Field(default=50051, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    max_concurrent_calls: int = Field(default=512, ge=1, description="Calls open at once; waiting ones count.")

    image_target: str = Field(default="127.0.0.1:50061", description="Address of image_svc.")
    temporal_target: str = Field(default="127.0.0.1:50062", description="Address of temporal_svc.")
    av_sync_target: str = Field(default="127.0.0.1:50063", description="Address of av_sync_svc.")
    metadata_target: str = Field(default="127.0.0.1:50064", description="Address of metadata_svc.")
    fusion_target: str = Field(default="127.0.0.1:50065", description="Address of fusion_svc.")

    state_dir: Path = Field(default=Path(".telltale"), description="Folder of the embedded database and media store.")
    database_url: str = Field(
        default="", description="SQLAlchemy URL (asyncio driver); SQLite in state_dir when empty."
    )
    media_url: str = Field(default="", description="fsspec URL of the media store; a folder in state_dir when empty.")
    media_quota_bytes: int = Field(default=20 * 2**30, ge=1, description="Most bytes that the media store may hold.")
    media_retention_h: float = Field(default=24.0, gt=0, description="Hours until a file and its analyses are deleted.")
    janitor_interval_s: float = Field(default=60.0, gt=0, description="Seconds between two sweeps for expired files.")

    signing_key: Path | None = Field(
        default=None,
        description="Ed25519 key (PKCS#8 PEM, mode 600) that signs reports; made at first start. In state_dir when not set.",
    )
    retired_keys: tuple[Path, ...] = Field(
        default=(),
        description="JSON list of files with public keys (PEM) that signed before; told behind the one in use.",
    )
    max_reports: int = Field(default=2, ge=1, description="Reports written at once.")
    max_queued_reports: int = Field(default=32, ge=0, description="Reports that may wait; more are OVERLOADED.")

    max_media_bytes: int = Field(default=200 * 2**20, ge=1, description="Longest file that is taken.")
    upload_memory_bytes: int = Field(
        default=2 * 2**30, ge=1, description="Most bytes of uploads held in memory at once."
    )
    upload_timeout_s: float = Field(default=900.0, gt=0, description="Seconds within which an upload must be complete.")

    analysis_budget_s: float = Field(
        default=30.0, gt=0, description="Seconds that the detectors get for a photo, all together."
    )
    video_budget_quick_s: float = Field(default=30.0, gt=0, description="The same for a video at depth QUICK.")
    video_budget_standard_s: float = Field(default=120.0, gt=0, description="The same for a video at depth STANDARD.")
    video_budget_thorough_s: float = Field(default=600.0, gt=0, description="The same for a video at depth THOROUGH.")
    audio_budget_quick_s: float = Field(default=30.0, gt=0, description="The same for a recording at depth QUICK.")
    audio_budget_standard_s: float = Field(
        default=60.0, gt=0, description="The same for a recording at depth STANDARD."
    )
    audio_budget_thorough_s: float = Field(
        default=300.0, gt=0, description="The same for a recording at depth THOROUGH."
    )
    fusion_budget_s: float = Field(default=5.0, gt=0, description="Seconds that fusion gets, retries included.")
    max_analyses: int = Field(default=6, ge=1, description="Analyses at work at once; the detectors must bear as many.")
    max_queued_analyses: int = Field(default=64, ge=0, description="Analyses that may wait; more are OVERLOADED.")

    write_rate: str = Field(
        default="1200/minute", description="Uploads and analyses per token, in the notation of `limits`."
    )
    read_rate: str = Field(default="6000/minute", description="Other calls per token, in the notation of `limits`.")
    visitor_rate: str = Field(
        default="240/minute", description="Calls with a link and no token per client address, in the same notation."
    )
    rate_storage_url: str = Field(
        default="async+memory://", description="Where rates are counted (`limits` storage URL)."
    )

    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="JSON list of networks in which our Envoys are; what they say of their clients' addresses is believed.",
    )

    @field_validator("write_rate", "read_rate", "visitor_rate")
    @classmethod
    def _rate_is_readable(cls, value: str) -> str:
        parse(value)  # Its ValueError is how pydantic wants to hear of what cannot be read.
        return value

    def budgets(self) -> Budgets:
        """What the detectors get, by what is looked at."""
        return Budgets(
            still_s=self.analysis_budget_s,
            video=ByDepth(self.video_budget_quick_s, self.video_budget_standard_s, self.video_budget_thorough_s),
            audio=ByDepth(self.audio_budget_quick_s, self.audio_budget_standard_s, self.audio_budget_thorough_s),
        )

    def database(self) -> str:
        """The database's URL with the default filled in."""
        return self.database_url or f"sqlite+aiosqlite:///{self.state_dir.absolute() / 'telltale.db'}"

    def signing_key_file(self) -> Path:
        """The signing key's file with the default filled in."""
        return self.signing_key or self.state_dir.absolute() / "signing_key.pem"

    def media_store(self) -> str:
        """The media store's URL with the default filled in."""
        return self.media_url or f"file://{self.state_dir.absolute() / 'media'}"
