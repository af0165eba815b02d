"""Settings of the gateway, read from TELLTALE_GATEWAY_*."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import Field, field_validator

from gateway.door.allowances import AllowanceSettings
from gateway.door.transport import TransportSettings
from gateway.making.budgets import Budgets, ByDepth
from gateway.notify.destinations import Destinations, is_host_rule
from gateway.scanning.settings import ScanningSettings
from gateway.storage.requirements import StoreRequirements, unmet
from kit.media.limits import MediaLimits
from kit.media.sandbox import SandboxSettings
from kit.media.settings import SandboxedSettings
from kit.settings import settings_config


class GatewaySettings(AllowanceSettings, TransportSettings, ScanningSettings, StoreRequirements, SandboxedSettings):
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
    media_retention_h: float = Field(
        default=24.0, gt=0, description="Hours until a file and its analyses are deleted, unless its sender wants less."
    )
    janitor_interval_s: float = Field(default=60.0, gt=0, description="Seconds between two sweeps for expired files.")

    contributions_url: str = Field(
        default="",
        description="fsspec URL of a store for copies that people give us to learn from; nobody can when empty.",
    )
    contributions_quota_bytes: int = Field(
        default=20 * 2**30, ge=1, description="Most bytes that the store of contributions may hold."
    )

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

    max_maps: int = Field(default=4, ge=1, description="Maps drawn as pictures at once.")
    max_queued_maps: int = Field(default=256, ge=0, description="Maps that may wait; more are OVERLOADED.")

    max_media_bytes: int = Field(default=200 * 2**20, ge=1, description="Longest file that is taken.")
    max_pixels: int = Field(
        default=MediaLimits().max_pixels, ge=1, description="Most pixels of a picture that is taken."
    )
    max_side_px: int = Field(
        default=MediaLimits().max_side_px, ge=1, description="Longest side of a picture or frame that is taken."
    )
    max_frames: int = Field(default=MediaLimits().max_frames, ge=1, description="Most pictures of an animation.")
    max_video_pixels: int = Field(
        default=MediaLimits().max_video_pixels, ge=1, description="Most pixels of a frame of a video that is taken."
    )
    max_video_frames: int = Field(default=MediaLimits().max_video_frames, ge=1, description="Most frames of a video.")
    max_media_s: int = Field(
        default=MediaLimits().max_video_s, ge=1, description="Longest playing time of a video or recording in seconds."
    )
    upload_memory_bytes: int = Field(
        default=2 * 2**30, ge=1, description="Most bytes of uploads held in memory at once."
    )
    upload_memory_per_token_bytes: int = Field(
        default=2**30, ge=1, description="Most of them by one token, so that nobody's slow uploads keep all others out."
    )
    max_uploads_per_token: int = Field(
        default=64,
        ge=1,
        description="Uploads of one token at once, however short; well below max_concurrent_calls and Envoy's max_requests.",
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
    detector_pauses_s: tuple[float, ...] = Field(
        default=(0.2, 0.5, 1.0, 2.0, 4.0),
        description="JSON list of seconds to wait before each new attempt at a detector that is away; then it abstains.",
    )
    max_analyses: int = Field(
        default=4, ge=1, description="Analyses at work at once, about twice the cores; the detectors must bear as many."
    )
    max_queued_analyses: int = Field(
        default=2,
        ge=0,
        description="Callers that may wait for an answer besides; more are OVERLOADED. Few: who can wait gives an order instead.",
    )
    max_waiting_orders: int = Field(
        default=10_000,
        ge=1,
        description="Orders that may wait while nobody does; more are OVERLOADED, but a tenth is open to every token.",
    )

    recall: bool = Field(
        default=True,
        description="Take over what an earlier analysis of the same file found, where its owner and the services are the same.",
    )

    prediction_log: str | None = Field(
        default=None,
        description="Folder, s3://BUCKET/… or gs://… for a line about every verdict, without media or owner; none when unset.",
    )
    prediction_log_interval_s: float = Field(
        default=30.0, gt=0, description="Seconds from one writing of the prediction log to the next."
    )
    prediction_log_days: int = Field(default=90, ge=1, description="Days after which its lines are deleted.")

    worker: bool = Field(default=True, description="Whether this process makes analyses, too, or only takes orders.")
    worker_name: str = Field(
        default="",
        max_length=200,
        description="Name of this worker: no other's, and the same after a restart. Host, role and port when empty.",
    )
    worker_heartbeat_s: float = Field(default=2.0, gt=0, description="Seconds between two signs of life of a worker.")
    worker_silent_s: float = Field(
        default=10.0, gt=0, description="Seconds without one after which others take up a worker's analyses."
    )
    jobs_url: str = Field(
        default="",
        description="SQLAlchemy URL of the queue of analyses. When empty, database_url if that is PostgreSQL, else SQLite in "
        "state_dir.",
    )
    jobs_polling_s: float = Field(
        default=0.2,
        gt=0,
        description="Seconds between two looks of a worker into the queue; what its own process submits it looks for at once.",
    )

    webhook_hosts: tuple[str, ...] = Field(
        default=(),
        description='JSON list of hosts that may be told of ended analyses; ".example.org" is all below it. Empty: nobody.',
    )
    webhook_ports: tuple[int, ...] = Field(default=(443,), description="JSON list of their TCP ports.")
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="JSON list of networks that may be told although they are not public."
    )
    webhook_plain_loopback: bool = Field(
        default=False, description="Also tell http:// addresses of this machine; for development."
    )
    webhook_ca: Path | None = Field(
        default=None, description="PEM authorities of receivers; those of the system when unset."
    )
    webhook_timeout_s: float = Field(default=10.0, gt=0, description="Seconds that one attempt to tell somebody gets.")

    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="JSON list of networks in which our Envoys are; what they say of their clients' addresses is believed.",
    )

    @field_validator("webhook_hosts")
    @classmethod
    def _hosts_are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [host for host in value if not is_host_rule(host)]:
            raise ValueError(f"no names of hosts in lower case, or suffixes that begin with a dot: {wrong}")
        return value

    def unmet(self) -> list[str]:
        """What these settings require and do not have, a sentence each."""
        return [
            *super().unmet(),
            *unmet("require_database", self.require_database, "database_url", self.database_url),
            *unmet("require_media_store", self.require_media_store, "media_url", self.media_url),
            *unmet("require_rate_storage", self.require_rate_storage, "rate_storage_url", self.rate_storage_url),
        ]

    def budgets(self) -> Budgets:
        """What the detectors get, by what is looked at."""
        return Budgets(
            still_s=self.analysis_budget_s,
            video=ByDepth(self.video_budget_quick_s, self.video_budget_standard_s, self.video_budget_thorough_s),
            audio=ByDepth(self.audio_budget_quick_s, self.audio_budget_standard_s, self.audio_budget_thorough_s),
        )

    def destinations(self) -> Destinations:
        """Who may be told of ended analyses."""
        return Destinations(
            self.webhook_hosts, self.webhook_ports, self.webhook_networks, plain_loopback=self.webhook_plain_loopback
        )

    @property
    def sandbox(self) -> SandboxSettings:
        """How the decode sandbox is built."""
        return SandboxSettings(max_children=self.max_analyses + self.max_reports, require=self.sandbox_required)

    @property
    def limits(self) -> MediaLimits:
        """What is refused at the door; detectors have limits of their own, which should not be narrower."""
        return MediaLimits(
            max_bytes=self.max_media_bytes,
            max_pixels=self.max_pixels,
            max_side_px=self.max_side_px,
            max_frames=self.max_frames,
            max_video_pixels=self.max_video_pixels,
            max_video_frames=self.max_video_frames,
            max_video_s=self.max_media_s,
            max_audio_s=self.max_media_s,
        )

    def database(self) -> str:
        """The database's URL with the default filled in."""
        return self.database_url or f"sqlite+aiosqlite:///{self.state_dir.absolute() / 'telltale.db'}"

    def jobs(self) -> str:
        """The URL of the jobs' database with the default filled in."""
        return self.jobs_url or (
            self.database_url
            if self.database_url.startswith("postgresql")
            else f"sqlite:///{self.state_dir.absolute() / 'jobs.db'}"
        )

    def signing_key_file(self) -> Path:
        """The signing key's file with the default filled in."""
        return self.signing_key or self.state_dir.absolute() / "signing_key.pem"

    def media_store(self) -> str:
        """The media store's URL with the default filled in."""
        return self.media_url or f"file://{self.state_dir.absolute() / 'media'}"
