"""Settings of how much a token, or a stranger, may do within a time."""

from __future__ import annotations

from limits import parse
from pydantic import Field, field_validator

from kit.settings import ServerSettings


class AllowanceSettings(ServerSettings):
    """A part of the gateway's settings."""

    write_rate: str = Field(
        default="1200/minute", description="Uploads and analyses per token, in the notation of `limits`."
    )
    read_rate: str = Field(default="6000/minute", description="Other calls per token, in the notation of `limits`.")
    visitor_rate: str = Field(
        default="240/minute", description="Calls with a link and no token per client address, in the same notation."
    )
    byte_quota: str = Field(
        default="107374182400/day", description="Bytes of uploads per token, in the same notation; 100 GiB a day."
    )
    media_seconds_quota: str = Field(
        default="360000/day",
        description="Seconds of uploaded video and sound per token, in the same notation; 100 hours a day.",
    )
    near_duplicate_budget: str = Field(
        default="60/hour",
        description="Variants of one picture per token, in the same notation; more where pictures look alike by nature.",
    )
    rate_storage_url: str = Field(
        default="async+memory://",
        description="Where rates and quotas are counted (`limits` storage URL); a Redis when several gateways share them.",
    )

    @field_validator(
        "write_rate", "read_rate", "visitor_rate", "byte_quota", "media_seconds_quota", "near_duplicate_budget"
    )
    @classmethod
    def _rate_is_readable(cls, value: str) -> str:
        parse(value)  # Its ValueError is how pydantic wants to hear of what cannot be read.
        return value
