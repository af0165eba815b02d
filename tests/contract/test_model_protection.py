"""What the public API may tell of the models: docs/model_protection.md lists every number and every byte that it can carry."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, ServiceDescriptor

from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from telltale.gateway.v1 import resources_pb2
from telltale.model.v1 import model_service_pb2
from telltale.report.v1 import report_pb2

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "model_protection.md"
CARRIERS = {FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_BYTES}
# They travel as bytes: as the answer of an operation, its metadata, and a file.
WRAPPED = (
    report_pb2.SignedReport.DESCRIPTOR,
    resources_pb2.AnalysisOperation.DESCRIPTOR,
    resources_pb2.Analysis.DESCRIPTOR,
)


def public_services() -> Iterator[ServiceDescriptor]:
    for path in sorted((ROOT / "telltale" / "gateway" / "v1").glob("*_service_pb2.py")):
        module = importlib.import_module(f"telltale.gateway.v1.{path.stem}")
        yield from module.DESCRIPTOR.services_by_name.values()


def reachable(roots: list[Descriptor]) -> dict[str, Descriptor]:
    found: dict[str, Descriptor] = {}
    while roots:
        message = roots.pop()
        if message.full_name not in found:
            found[message.full_name] = message
            roots += [field.message_type for field in message.fields if field.message_type is not None]
    return found


def public_messages() -> dict[str, Descriptor]:
    answers = [method.output_type for service in public_services() for method in service.methods]
    return reachable([*answers, *WRAPPED])


def carriers(messages: dict[str, Descriptor]) -> set[str]:
    return {
        f"{message.name}.{field.name}"
        for message in messages.values()
        for field in message.fields
        if field.type in CARRIERS
    }


def test_every_number_and_byte_that_can_be_told_is_listed() -> None:
    listed = set(re.findall(r"`([A-Z]\w+\.\w+)`", PAGE.read_text(encoding="utf-8")))
    assert carriers(public_messages()) - listed == set()


def test_no_message_of_the_public_api_holds_a_card_or_an_artefact() -> None:
    models = {name for name in public_messages() if name.startswith("telltale.model.")}
    assert models == {"telltale.model.v1.OperatingPoint"}


def test_cards_hold_no_bytes_of_a_model() -> None:
    service = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"]
    messages = reachable([method.output_type for method in service.methods])
    kinds = {field.type for message in messages.values() for field in message.fields}
    assert FieldDescriptor.TYPE_BYTES not in kinds


def test_the_edge_knows_no_service_behind_the_gateway() -> None:
    named = set(re.findall(r"^ +- ((?:telltale|google|inference)\.\S+)$", render(EnvoySettings()), re.MULTILINE))
    assert named == {service.full_name for service in public_services()} | {"google.longrunning.Operations"}


def test_the_edge_has_no_description_of_the_open_inference_protocol() -> None:
    known = descriptor_pb2.FileDescriptorSet.FromString((ROOT / "gateway" / "envoy" / "telltale.binpb").read_bytes())
    assert "telltale.model.v1" in {file.package for file in known.file}
    assert "inference" not in {file.package for file in known.file}
