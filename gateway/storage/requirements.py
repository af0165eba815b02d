"""Settings of which stores this gateway must have: an embedded one is right for a laptop and lost with a pod."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from kit.settings import ServerSettings

_SCHEMES: Final = {
    "any": (),
    "postgresql": ("postgresql+psycopg",),
    "object_store": ("s3", "gs"),
    "redis": ("async+redis", "async+rediss"),
}


class StoreRequirements(ServerSettings):
    """A part of the gateway's settings."""

    require_database: Literal["any", "postgresql"] = Field(
        default="any", description="Refuse to start where database_url is of another kind."
    )
    require_media_store: Literal["any", "object_store"] = Field(
        default="any",
        description="Refuse to start where media_url is of another kind; object stores are s3:// and gs://.",
    )
    require_rate_storage: Literal["any", "redis"] = Field(
        default="any", description="Refuse to start where rate_storage_url is of another kind."
    )


def unmet(rule: str, kind: str, setting: str, url: str) -> list[str]:
    """The sentence about a URL that is not of the required kind. It does not repeat the URL, which may hold a password."""
    schemes = _SCHEMES[kind]
    if not schemes or url.partition("://")[0] in schemes:
        return []
    urls = " or ".join(f"{scheme}://" for scheme in schemes)
    return [
        f"{rule} is {kind!r}, so the environment must give TELLTALE_GATEWAY_{setting.upper()}, which begins with {urls}"
    ]
