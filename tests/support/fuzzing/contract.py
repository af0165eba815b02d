"""All public methods, read from the contracts: a new one is fuzzed from its first day."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from google.longrunning import operations_pb2
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message

import telltale.gateway.v1


@dataclass(frozen=True)
class Method:
    """A public method.

    Attributes:
        path: as it goes over the wire: "/package.Service/Method".
        request: its request's class.
        streams_in, streams_out: whether there are many requests, or answers.
    """

    path: str
    request: type[Message]
    answer: type[Message]
    streams_in: bool
    streams_out: bool

    @property
    def name(self) -> str:
        """Without its service."""
        return self.path.rsplit("/", 1)[1]


def public_methods() -> list[Method]:
    """Every method of every public service, in order of their paths."""
    services = [*_own_services(), operations_pb2.DESCRIPTOR.services_by_name["Operations"]]
    return sorted(
        (_method(service, method) for service in services for method in service.methods), key=lambda each: each.path
    )


def _own_services() -> list[ServiceDescriptor]:
    names = [each.name for each in pkgutil.iter_modules(telltale.gateway.v1.__path__) if each.name.endswith("_pb2")]
    modules = [importlib.import_module(f"telltale.gateway.v1.{name}") for name in names]
    return [service for module in modules for service in module.DESCRIPTOR.services_by_name.values()]


def _method(service: ServiceDescriptor, method: MethodDescriptor) -> Method:
    return Method(
        f"/{service.full_name}/{method.name}",
        message_factory.GetMessageClass(method.input_type),
        message_factory.GetMessageClass(method.output_type),
        method.client_streaming,
        method.server_streaming,
    )
