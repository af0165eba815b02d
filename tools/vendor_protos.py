"""Writes the third-party contracts that ours import under third_party/protos/, so that buf and protoc work offline.

Run by `make vendor` after a version bump of googleapis-common-protos or protovalidate. The google/api files are copied as
they are; buf/validate/validate.proto is printed back from the descriptor inside the protovalidate wheel, which ships no
.proto file (its predefined CEL rules are left out: the validator carries its own copy of them).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from google.api import annotations_pb2
from google.protobuf import descriptor_pb2
from protovalidate._gen.buf.validate import validate_pb

PROTOS = Path(__file__).resolve().parent.parent / "third_party" / "protos"
GOOGLE_FILES = (
    "api/annotations",
    "api/http",
    "api/httpbody",
    "api/field_behavior",
    "api/resource",
    "api/client",
    "api/launch_stage",
    "longrunning/operations",
    "rpc/status",
)
_FIELD = descriptor_pb2.FieldDescriptorProto


def copy_google(target: Path) -> None:
    """Copies the contracts that googleapis-common-protos ships."""
    source = Path(annotations_pb2.__file__).parent.parent
    for name in GOOGLE_FILES:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        # One of them lies in the wheel under another name than the one by which contracts import it.
        file = f"{name}_proto.proto" if name.startswith("longrunning") else f"{name}.proto"
        shutil.copyfile(source / file, target / f"{name}.proto")


def print_file(file: descriptor_pb2.FileDescriptorProto) -> str:
    """The text of a proto2 file with this descriptor; options of fields are left out."""
    lines = [
        "// Copyright 2023-2026 Buf Technologies, Inc. Licensed under the Apache License, Version 2.0.",
        "// Printed from the descriptor of the protovalidate wheel by tools/vendor_protos.py. Do not edit.",
        'syntax = "proto2";',
        f"package {file.package};",
        *(f'import "{name}";' for name in file.dependency),
        'option java_package = "build.buf.validate";',
        "option java_multiple_files = true;",
    ]
    for message in file.message_type:
        lines += _message(message, file.package, "")
    for enum in file.enum_type:
        lines += _enum(enum, "")
    lines += _extensions(file.extension)
    return "\n".join(lines) + "\n"


def _message(message: descriptor_pb2.DescriptorProto, scope: str, pad: str) -> Iterator[str]:
    yield f"{pad}message {message.name} {{"
    scope = f"{scope}.{message.name}"
    maps = {f".{scope}.{nested.name}" for nested in message.nested_type if nested.options.map_entry}
    for nested in message.nested_type:
        if f".{scope}.{nested.name}" not in maps:
            yield from _message(nested, scope, pad + "  ")
    for enum in message.enum_type:
        yield from _enum(enum, pad + "  ")
    yield from _fields(message, pad + "  ")
    for span in message.extension_range:
        end = "max" if span.end >= 536870912 else span.end - 1
        yield f"{pad}  extensions {span.start} to {end};"
    for reserved in message.reserved_range:
        yield f"{pad}  reserved {reserved.start} to {reserved.end - 1};"
    for name in message.reserved_name:
        yield f'{pad}  reserved "{name}";'
    yield f"{pad}}}"


def _fields(message: descriptor_pb2.DescriptorProto, pad: str) -> Iterator[str]:
    for index, oneof in enumerate(message.oneof_decl):
        yield f"{pad}oneof {oneof.name} {{"
        for field in message.field:
            if field.HasField("oneof_index") and field.oneof_index == index:
                yield f"{pad}  {_field(field, label=False)}"
        yield f"{pad}}}"
    for field in message.field:
        if not field.HasField("oneof_index"):
            yield f"{pad}{_field(field)}"


def _enum(enum: descriptor_pb2.EnumDescriptorProto, pad: str) -> Iterator[str]:
    yield f"{pad}enum {enum.name} {{"
    for value in enum.value:
        yield f"{pad}  {value.name} = {value.number};"
    yield f"{pad}}}"


def _field(field: _FIELD, *, label: bool = True) -> str:
    kind = field.type_name or _FIELD.Type.Name(field.type).removeprefix("TYPE_").lower()
    prefix = f"{_FIELD.Label.Name(field.label).removeprefix('LABEL_').lower()} " if label else ""
    return f"{prefix}{kind} {field.name} = {field.number};"


def _extensions(extensions: Iterable[_FIELD]) -> Iterator[str]:
    for extension in extensions:
        yield f"extend {extension.extendee} {{ {_field(extension)} }}"


def main() -> None:
    """Writes all vendored contracts."""
    copy_google(PROTOS / "google")
    file = descriptor_pb2.FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary())
    (PROTOS / "buf" / "validate" / "validate.proto").write_text(print_file(file), encoding="utf-8")


if __name__ == "__main__":
    main()
