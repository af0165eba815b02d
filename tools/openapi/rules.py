"""Rules of protovalidate as keywords of JSON Schema. What has no keyword there is left to the server to say."""

from __future__ import annotations

from typing import Any

from buf.validate import validate_pb2
from google.protobuf import descriptor_pb2

Schema = dict[str, Any]

_NUMBERS = ("int32", "int64", "uint32", "uint64", "double", "float")
_BOUNDS = {"gte": "minimum", "lte": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


def rules_of(field: descriptor_pb2.FieldDescriptorProto) -> validate_pb2.FieldRules:
    """The rules of a field; empty where it has none."""
    return field.options.Extensions[validate_pb2.field]


def keywords(rules: validate_pb2.FieldRules, enum: descriptor_pb2.EnumDescriptorProto | None) -> Schema:
    """Keywords for one value that these rules are about; for a list, of each of its items see `list_keywords`."""
    kind = rules.WhichOneof("type")
    if kind == "string":
        return _text(rules)
    if kind == "enum" and enum is not None and rules.enum.not_in:
        return {"enum": [value.name for value in enum.value if value.number not in rules.enum.not_in]}
    if kind in _NUMBERS:
        number = getattr(rules, kind)
        return {
            word: getattr(number, name)
            for name, word in _BOUNDS.items()
            if number.HasField(name) and kind not in ("int64", "uint64")  # which are strings in JSON
        }
    return {}


def list_keywords(rules: validate_pb2.FieldRules) -> Schema:
    """Keywords for a list itself."""
    items = rules.repeated
    found = {"minItems": items.min_items, "maxItems": items.max_items}
    return {word: value for word, value in found.items() if value}


def sentence(rules: validate_pb2.FieldRules) -> str:
    """What no keyword can say: bounds of a time."""
    bounds = rules.duration
    least = f"At least {bounds.gte.ToSeconds()} s." if bounds.HasField("gte") else ""
    most = f"At most {bounds.lte.ToSeconds()} s." if bounds.HasField("lte") else ""
    return " ".join(part for part in (least, most) if part)


def _text(rules: validate_pb2.FieldRules) -> Schema:
    text = rules.string
    found: Schema = {}
    if text.HasField("pattern"):
        found["pattern"] = text.pattern
    if text.HasField("min_len"):
        found["minLength"] = text.min_len
    if text.HasField("max_len"):
        found["maxLength"] = text.max_len
    if text.uuid:
        found["format"] = "uuid"
    return found
