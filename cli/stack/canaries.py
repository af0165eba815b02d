"""A stack with doors for canaries: the inner Envoy between gateway and services, and versions that were promoted before."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from google.protobuf.descriptor import ServiceDescriptor
from pydantic import TypeAdapter, ValidationError

from av_sync_svc.settings import AvSyncSettings
from canary.envoy.render import Door, write_configuration
from canary.wire import MAX_PATH_BYTES, Target, admin_socket
from cli.settings import CliSettings
from cli.stack.ports import free_ports
from cli.stack.probes import GrpcHealth
from cli.stack.process import ProcessSpec
from fusion_svc.settings import FusionSettings
from image_svc.settings import ImageSettings
from kit.errors import InvalidSettings
from kit.models.settings import ModelSettings
from kit.settings import load, prefix_of
from metadata_svc.settings import MetadataSettings
from telltale.av_sync.v1 import av_sync_service_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.image.v1 import image_service_pb2
from telltale.metadata.v1 import metadata_service_pb2
from telltale.temporal.v1 import temporal_service_pb2
from temporal_svc.settings import TemporalSettings

ENVOY: Final = "canary_envoy"
_LOOPBACK: Final = "127.0.0.1"
_ROOT: Final = Path(__file__).resolve().parents[2]
# With the services, behind the gateway.
_STOP_STAGE: Final = 1


@dataclass(frozen=True)
class Service:
    """What there is to know of a service that may have a canary."""

    settings: type[ModelSettings]
    contract: ServiceDescriptor

    def variable(self, setting: str) -> str:
        """The variable of the environment for one of its settings."""
        return prefix_of(self.settings) + setting.upper()


SERVICES: Final[Mapping[str, Service]] = {
    "image_svc": Service(ImageSettings, image_service_pb2.DESCRIPTOR.services_by_name["ImageService"]),
    "temporal_svc": Service(TemporalSettings, temporal_service_pb2.DESCRIPTOR.services_by_name["TemporalService"]),
    "av_sync_svc": Service(AvSyncSettings, av_sync_service_pb2.DESCRIPTOR.services_by_name["AvSyncService"]),
    "metadata_svc": Service(MetadataSettings, metadata_service_pb2.DESCRIPTOR.services_by_name["MetadataService"]),
    "fusion_svc": Service(FusionSettings, fusion_service_pb2.DESCRIPTOR.services_by_name["FusionService"]),
}
_PROMOTED: Final = TypeAdapter(dict[str, Target])


def canary_doors(settings: CliSettings) -> list[Door]:
    """A door for every service, on a free port; none without canaries. Raises InvalidSettings: with mTLS there are none."""
    if not settings.canaries:
        return []
    if settings.mtls:
        raise InvalidSettings(
            "--canaries and --mtls do not go together: the inner Envoy speaks plain text on loopback; leave one out"
        )
    return [
        Door(name, service.contract.full_name, tuple(method.name for method in service.contract.methods), port)
        for (name, service), port in zip(SERVICES.items(), free_ports(len(SERVICES)), strict=True)
    ]


def with_doors(specs: Sequence[ProcessSpec], doors: Sequence[Door], folder: Path) -> list[ProcessSpec]:
    """The same stack with the inner Envoy in it, which the gateway calls; every service can be measured. Without doors, no Envoy.

    Raises InvalidSettings: the state folder's path is too long for a socket.
    """
    if not doors:
        return list(specs)
    if len(str(admin_socket(folder)).encode()) > MAX_PATH_BYTES - len("control"):
        raise InvalidSettings(f"{folder} is too long a path for a socket; give --state a folder with a shorter one")
    targets = {f"TELLTALE_GATEWAY_{_short(name)}_TARGET": address for name, address in addresses_of(doors).items()}
    measured = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    changed = [_through(spec, targets, measured) for spec in specs]
    # Asked through a door, it answers when it and the service behind that do.
    probe = GrpcHealth(f"{_LOOPBACK}:{doors[0].port}")
    envoy = ProcessSpec(ENVOY, (sys.executable, "-m", "canary.envoy", str(folder)), probe, stop_stage=_STOP_STAGE)
    return [*changed, envoy]


def _follows(spec: ProcessSpec, service: Service) -> bool:
    own = load(service.settings, complete=False)
    named = spec.environment.get
    return bool(
        (named(service.variable("registry")) or own.registry) and (named(service.variable("channel")) or own.channel)
    )


def open_doors(specs: Sequence[ProcessSpec], doors: Sequence[Door], folder: Path) -> None:
    """Writes what the inner Envoy reads at its start: every call goes to the services of the stack. Nothing without doors."""
    if doors:
        addresses = {spec.name: address_of(spec) for spec in specs if spec.name in SERVICES}
        write_configuration(doors, addresses, folder, admin_socket(folder))


def addresses_of(doors: Sequence[Door]) -> dict[str, str]:
    """Where the gateway calls each service, host:port."""
    return {door.service: f"{_LOOPBACK}:{door.port}" for door in doors}


def _through(spec: ProcessSpec, targets: Mapping[str, str], measured: Mapping[str, int]) -> ProcessSpec:
    if spec.name == "gateway":
        return replace(spec, environment={**spec.environment, **targets})
    if spec.name not in SERVICES:
        return spec
    port = {SERVICES[spec.name].variable("metrics_port"): str(measured[spec.name])}
    return replace(spec, environment={**port, **spec.environment})


def _short(service: str) -> str:
    return service.removesuffix("_svc").upper()


def as_target(spec: ProcessSpec, target: Target) -> ProcessSpec:
    """The process of a service in another version. Raises InvalidSettings: it follows a channel, which chooses its models."""
    service = SERVICES[spec.name]
    if target.folder:
        # Safe path: the folder in which the stack was started must not come before it.
        command = (sys.executable, "-P", "-m", spec.name)
        return replace(
            spec, command=command, environment={**spec.environment, "PYTHONPATH": f"{target.folder}:{_ROOT}"}
        )
    if _follows(spec, service):
        raise InvalidSettings(
            f"{spec.name} follows a channel, which chooses its models; publish the version and have it follow by "
            "`telltale models promote`, or start the stack without a registry"
        )
    own = spec.environment.get(service.variable("model_versions"))
    now = json.loads(own) if own else load(service.settings, complete=False).model_versions
    versions = json.dumps({**now, **target.models})
    return replace(spec, environment={**spec.environment, service.variable("model_versions"): versions})


def beside(spec: ProcessSpec) -> tuple[ProcessSpec, str, str]:
    """The same process on free ports, with its address and that of its metrics."""
    service, (port, metrics_port) = SERVICES[spec.name], free_ports(2)
    ports = {service.variable("port"): str(port), service.variable("metrics_port"): str(metrics_port)}
    address = f"{_LOOPBACK}:{port}"
    moved = replace(spec, environment={**spec.environment, **ports}, probe=GrpcHealth(address))
    return moved, address, f"{_LOOPBACK}:{metrics_port}"


def address_of(spec: ProcessSpec, setting: str = "port") -> str:
    """Where the process of a service listens, or can be measured."""
    return f"{_LOOPBACK}:{spec.environment[SERVICES[spec.name].variable(setting)]}"


def promoted(folder: Path) -> dict[str, Target]:
    """Which services run another version since it was promoted. Raises InvalidSettings: the file that says so is damaged."""
    path = folder / "promoted.json"
    try:
        return _PROMOTED.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError as error:
        raise InvalidSettings(
            f"{path} cannot be understood; delete it to run what the settings say: {error}"
        ) from error


def keep_promoted(folder: Path, service: str, target: Target) -> None:
    """Notes that the service runs this version from now on, also when the stack is started again."""
    before = promoted(folder).get(service, Target())
    # Other models of a program that was promoted before are run by that program.
    both = target if target.folder else Target(models={**before.models, **target.models}, folder=before.folder)
    path = folder / "promoted.json"
    draft = path.with_suffix(".draft")
    draft.write_bytes(_PROMOTED.dump_json({**promoted(folder), service: both}))
    draft.replace(path)


def as_promoted(specs: Sequence[ProcessSpec], folder: Path) -> list[ProcessSpec]:
    """The same stack with what was promoted in it. Raises InvalidSettings: see `promoted` and `as_target`."""
    targets = promoted(folder)
    return [_parts(spec, targets[spec.name]) if spec.name in targets else spec for spec in specs]


def _parts(spec: ProcessSpec, target: Target) -> ProcessSpec:
    if target.models:
        spec = as_target(spec, Target(models=target.models))
    return as_target(spec, Target(folder=target.folder)) if target.folder else spec
