"""Messages and enums as JSON Schema, in the spelling that the edge speaks: protobuf's JSON, lowerCamelCase."""

from __future__ import annotations

from google.api import field_behavior_pb2
from google.protobuf import descriptor_pb2

from tools.openapi.contracts import Contracts, Message
from tools.openapi.rules import Schema, keywords, list_keywords, rules_of, sentence

_FIELD = descriptor_pb2.FieldDescriptorProto
_SCALARS: dict[int, Schema] = {
    _FIELD.TYPE_DOUBLE: {"type": "number", "format": "double"},
    _FIELD.TYPE_FLOAT: {"type": "number", "format": "float"},
    _FIELD.TYPE_INT32: {"type": "integer", "format": "int32"},
    _FIELD.TYPE_SINT32: {"type": "integer", "format": "int32"},
    _FIELD.TYPE_UINT32: {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
    _FIELD.TYPE_INT64: {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"},
    _FIELD.TYPE_UINT64: {"type": "string", "format": "uint64", "pattern": "^[0-9]+$"},
    _FIELD.TYPE_BOOL: {"type": "boolean"},
    _FIELD.TYPE_STRING: {"type": "string"},
    _FIELD.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
}
_KNOWN: dict[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {
        "title": "duration, like 3600s",
        "type": "string",
        "pattern": "^-?[0-9]+(\\.[0-9]{1,9})?s$",
        "examples": ["3600s"],
    },
    "google.protobuf.Any": {
        "type": "object",
        "properties": {"@type": {"type": "string", "description": "Address of the type of what else is in it."}},
        "required": ["@type"],
        "additionalProperties": True,
    },
    "google.protobuf.Empty": {"type": "object", "maxProperties": 0},
    "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
}
_OURS = "telltale.gateway.v1."
_BEHAVIOR = field_behavior_pb2.field_behavior


class Schemas:
    """Makes schemas, and remembers which messages and enums were referred to."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self._wanted: dict[str, None] = {}

    def refer(self, name: str) -> Schema:
        """A reference to the schema of a message or enum; well-known types are written out."""
        if name in _KNOWN:
            return dict(_KNOWN[name])
        self._wanted.setdefault(name)
        return {"$ref": f"#/components/schemas/{component(name)}"}

    def components(self) -> dict[str, Schema]:
        """The schemas of all that was referred to, and of what these refer to in turn."""
        done: dict[str, Schema] = {}
        while missing := [name for name in self._wanted if component(name) not in done]:
            for name in missing:
                done[component(name)] = self.enum(name) if name in self._contracts.enums else self.message(name)
        return dict(sorted(done.items()))

    def enum(self, name: str) -> Schema:
        """An enum's names; what each means is in the description."""
        enum = self._contracts.enums[name]
        meanings = [
            f"- `{value.name}`: {said}"
            for value, said in zip(enum.descriptor.value, enum.value_comments, strict=True)
            if said
        ]
        return {
            "type": "string",
            "enum": [value.name for value in enum.descriptor.value],
            "description": "\n".join([enum.comment, "", *meanings]).strip(),
        }

    def message(self, name: str, without: frozenset[str] = frozenset()) -> Schema:
        """An object with a message's fields, those in `without` left out."""
        message = self._contracts.messages[name]
        fields = [(field, said) for field, said in self.fields(message) if field.name not in without]
        required = [
            field.json_name for field, _ in fields if field_behavior_pb2.REQUIRED in field.options.Extensions[_BEHAVIOR]
        ]
        return {
            "type": "object",
            "description": message.comment,
            "properties": {field.json_name: self.field(field, said) for field, said in fields},
            **({"required": required} if required else {}),
        }

    @staticmethod
    def fields(message: Message) -> list[tuple[descriptor_pb2.FieldDescriptorProto, str]]:
        """Fields with their comments."""
        return list(zip(message.descriptor.field, message.field_comments, strict=True))

    def field(self, field: descriptor_pb2.FieldDescriptorProto, comment: str) -> Schema:
        """One field's schema, with its rules and its comment."""
        entry = self._map_value(field)
        if entry is not None:
            schema: Schema = {"type": "object", "additionalProperties": self.field(entry, "")}
        elif field.label == _FIELD.LABEL_REPEATED:
            rules = rules_of(field)
            items = self._value(field) | self._rules(field, rules.repeated.items)
            schema = {"type": "array", "items": items, **list_keywords(rules)}
        else:
            schema = self._value(field) | self._rules(field, rules_of(field))
        said = " ".join(part for part in (comment, sentence(rules_of(field))) if part)
        return schema | ({"description": said} if said else {}) | self._behavior(field)

    def _value(self, field: descriptor_pb2.FieldDescriptorProto) -> Schema:
        if field.type in (_FIELD.TYPE_MESSAGE, _FIELD.TYPE_ENUM):
            return self.refer(field.type_name.removeprefix("."))
        return dict(_SCALARS[field.type])

    def _rules(self, field: descriptor_pb2.FieldDescriptorProto, rules: object) -> Schema:
        enum = self._contracts.enums.get(field.type_name.removeprefix("."))
        return keywords(rules, enum.descriptor if enum else None)  # type: ignore[arg-type]  # `items` are FieldRules, too

    def _map_value(self, field: descriptor_pb2.FieldDescriptorProto) -> descriptor_pb2.FieldDescriptorProto | None:
        message = self._contracts.messages.get(field.type_name.removeprefix("."))
        if message is None or not message.descriptor.options.map_entry:
            return None
        return message.descriptor.field[1]

    @staticmethod
    def _behavior(field: descriptor_pb2.FieldDescriptorProto) -> Schema:
        behaviors = field.options.Extensions[_BEHAVIOR]
        ours = {field_behavior_pb2.OUTPUT_ONLY, field_behavior_pb2.IDENTIFIER} & set(behaviors)
        return {"readOnly": True} if ours else {}


def component(name: str) -> str:
    """The short name of a schema: "Analysis", and with its area for what is not the gateway's: "fusion.Verdict"."""
    return name.removeprefix(_OURS).removeprefix("telltale.").replace(".v1.", ".")
