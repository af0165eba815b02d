"""Where the services of a stack take their models from, said once for all of them."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from cli.settings import CliSettings
from kit.models.settings import ModelSettings
from kit.settings import current_profile, environment, group_of


def models_of(settings: CliSettings, service: type[ModelSettings]) -> dict[str, str]:
    """What a service is told, by names without its prefix: the folder, and of registry, channel, keys and cache what is set.

    What the stack is set to wins over the service's table in the profile, and the service's own variables win over both. A
    registry without a channel is where somebody publishes: the services run the models of the folder then.
    """
    own, table = environment(service), current_profile(group_of(service)).table(group_of(service))
    follows = settings.channel is not None or "channel" in {*own, *table}
    told = {**_registry(settings), **_cache(settings, table)} if follows else {}
    left = {name.upper(): value for name, value in told.items() if name not in own}
    return {"MODELS": _absolute(settings.models), **left}


def _registry(settings: CliSettings) -> dict[str, str]:
    told: dict[str, str] = {}
    if settings.registry is not None:
        # Versions choose from the folder; of a registry the channel chooses.
        told |= {"registry": settings.registry, "model_versions": "{}"}
    if settings.channel is not None:
        told["channel"] = settings.channel
    if settings.trust is not None:
        told["trust"] = _absolute(settings.trust)
    return told


def _cache(settings: CliSettings, table: Container[str]) -> dict[str, str]:
    """One folder that all services share, and its limit."""
    if settings.model_cache is None and "model_cache" in table:
        return {}
    folder = settings.model_cache or settings.state / "model-cache"
    return {"model_cache": _absolute(folder), "model_cache_bytes": str(settings.model_cache_bytes)}


def _absolute(path: Path) -> str:
    return str(path.absolute())
