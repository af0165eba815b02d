"""Where a service's models come from: a folder, or a channel of a registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kit.errors import InvalidSettings
from kit.models.settings import ModelSettings
from kit.models.source import ModelSource
from kit.serving.manager import Catalogue
from kit.serving.watcher import Channel

_NEEDED: Final = ("channel", "trust", "model_cache")


@dataclass(frozen=True)
class Origin:
    """Where models come from."""

    first: ModelSource
    """Those of the start."""
    catalogue: Catalogue
    """Those that an operator names."""
    channel: Callable[[Sequence[str]], Channel] | None
    """What offers the models of these names; None without a registry."""


def origin_of(settings: ModelSettings) -> Origin:
    """The origin that the settings choose.

    Raises:
        InvalidSettings: settings that need each other do not come together, or the registry or the keys cannot be used.
    """
    if settings.registry is not None:
        return _registered(settings, settings.registry)
    if settings.model_control == "watch":
        raise InvalidSettings(f'model_control "watch" follows a channel; set registry, {", ".join(_NEEDED)}')
    return Origin(settings.chosen, settings.chosen.registry, None)


def _registered(settings: ModelSettings, url: str) -> Origin:
    if settings.channel is None or settings.trust is None or settings.model_cache is None:
        missing = [name for name in _NEEDED if getattr(settings, name) is None]
        raise InvalidSettings(f"a registry needs {', '.join(missing)}, too; set what is missing, or no registry")
    if settings.model_versions:
        raise InvalidSettings(
            "model_versions choose from a folder, and of a registry the channel chooses; set one of both"
        )
    # What it takes to follow a registry is imported for who does: cryptography alone takes megabytes, and is not everywhere.
    from kit.serving.registered import open_registered

    registry = open_registered(url, settings.channel, settings.trust, settings.model_cache, settings.model_cache_bytes)
    return Origin(registry.first, registry.published, registry.followed)
