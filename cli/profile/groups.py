"""Every group of settings there is."""

from __future__ import annotations

from av_sync_svc.settings import AvSyncSettings
from cli.settings import CliSettings
from fusion_svc.settings import FusionSettings
from gateway.envoy.settings import EnvoySettings
from gateway.settings import GatewaySettings
from image_svc.settings import ImageSettings
from kit.settings import Settings, group_of
from metadata_svc.settings import MetadataSettings
from temporal_svc.settings import TemporalSettings

_TYPES: tuple[type[Settings], ...] = (
    CliSettings,
    ImageSettings,
    TemporalSettings,
    AvSyncSettings,
    MetadataSettings,
    FusionSettings,
    GatewaySettings,
    EnvoySettings,
)


def groups() -> dict[str, type[Settings]]:
    """The settings of every process, by the name of their table in a profile."""
    return {group_of(settings_type): settings_type for settings_type in _TYPES}
