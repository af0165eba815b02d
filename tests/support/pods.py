"""What a pod's process is given, worked out from its manifest as the kubelet does."""

from __future__ import annotations

from collections.abc import Mapping

from av_sync_svc.settings import AvSyncSettings
from fusion_svc.settings import FusionSettings
from gateway.envoy.settings import EnvoySettings
from gateway.settings import GatewaySettings
from image_svc.settings import ImageSettings
from kit.settings import Settings
from metadata_svc.settings import MetadataSettings
from monitoring.drift.settings import DriftSettings
from temporal_svc.settings import TemporalSettings
from tests.support.manifests import Manifest, container_of, named

PROGRAMS: Mapping[str, type[Settings]] = {
    "image_svc": ImageSettings,
    "temporal_svc": TemporalSettings,
    "av_sync_svc": AvSyncSettings,
    "metadata_svc": MetadataSettings,
    "fusion_svc": FusionSettings,
    "gateway": GatewaySettings,
    "gateway.worker": GatewaySettings,
    "gateway.envoy": EnvoySettings,
    "monitoring.drift": DriftSettings,
}
"""The settings of every program, by what a container gives to `python -m`."""

SECRETS: Mapping[tuple[str, str], str] = {
    ("telltale-database", "url"): "postgresql+psycopg://telltale@postgresql.telltale-stores/telltale",
    ("telltale-redis", "url"): "async+redis://redis.telltale-stores:6379",
    ("telltale-object-store", "access_key_id"): "an-id",
    ("telltale-object-store", "secret_access_key"): "a-key",
    ("telltale-registry", "access_key_id"): "an-id",
    ("telltale-registry", "secret_access_key"): "a-key",
}
"""What an operator might put into each secret that becomes a variable."""


def program_of(deployment: Manifest) -> str:
    """What its pods run, by the name that Python knows."""
    (program,) = container_of(deployment)["args"]
    return str(program)


def settings_of(deployment: Manifest) -> type[Settings]:
    """The settings that it reads."""
    return PROGRAMS[program_of(deployment)]


def environment_of(manifests: list[Manifest], deployment: Manifest) -> dict[str, str]:
    """The variables that its service gets. Raises KeyError, ValueError: something that is named is not there."""
    container, variables = container_of(deployment), {}
    for source in container.get("envFrom", ()):
        variables.update(named(manifests, "ConfigMap", source["configMapRef"]["name"])["data"])
    for variable in container.get("env", ()):
        value = _value(manifests, variable)
        variables.update({} if value is None else {variable["name"]: value})
    return variables


def _value(manifests: list[Manifest], variable: Manifest) -> str | None:
    if "value" in variable:
        return str(variable["value"])
    source = variable["valueFrom"]
    if reference := source.get("secretKeyRef"):
        return SECRETS[reference["name"], reference["key"]]
    reference = source["configMapKeyRef"]
    data = named(manifests, "ConfigMap", reference["name"])["data"]
    return data.get(reference["key"]) if reference.get("optional") else data[reference["key"]]
