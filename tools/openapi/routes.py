"""Addresses: google.api.http rules as OpenAPI's path templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pb2

from tools.openapi.contracts import Method

_VARIABLE = re.compile(r"\{([\w.]+)(?:=([^}]*))?\}")
_ID = "[a-z0-9]{26}"
_SINGULAR = {
    "analyses": "analysis",
    "maps": "cue",
    "shares": "share",
    "operations": "operation",
    "contributions": "contribution",
}
_VERBS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Parameter:
    """A variable of a path."""

    name: str
    pattern: str


@dataclass(frozen=True)
class Route:
    """One way to a call.

    Attributes:
        path: OpenAPI's template, e.g. "/v1/media/{media}:analyze".
        parameters: the variables in it.
        fields: the fields of the request that the path fills in; dotted where they are nested.
        body: name of the field that is the body, "*" for all that is left, empty for none.
        response_body: name of the field of the answer that is the body; empty for the whole answer.
        number: 0 for the first way to a call.
    """

    verb: str
    path: str
    parameters: tuple[Parameter, ...]
    fields: frozenset[str]
    body: str
    response_body: str
    number: int


def has_route(method: Method) -> bool:
    """Whether a call can be made over REST."""
    return method.descriptor.options.HasExtension(annotations_pb2.http)


def routes_of(method: descriptor_pb2.MethodDescriptorProto, patterns: dict[str, str]) -> Iterator[Route]:
    """All ways to a call; none when it is spoken by gRPC alone. `patterns` are those of the request's fields."""
    rule = method.options.Extensions[annotations_pb2.http]
    for number, each in enumerate((rule, *rule.additional_bindings)):
        for verb in _VERBS:
            if template := getattr(each, verb):
                yield _route(verb, template, each, number, patterns)


def _route(verb: str, template: str, rule: http_pb2.HttpRule, number: int, patterns: dict[str, str]) -> Route:
    parameters: list[Parameter] = []
    fields: set[str] = set()

    def written(variable: re.Match[str]) -> str:
        name, shape = variable[1], variable[2] or ""
        fields.add(name)
        if not shape:
            parameters.append(Parameter(name, patterns.get(name, "").strip("^$")))
            return "{" + name + "}"
        return "/".join(_segments(shape, patterns.get(name, "").strip("^$"), parameters))

    path = _VARIABLE.sub(written, template)
    return Route(verb, path, tuple(parameters), frozenset(fields), rule.body, rule.response_body, number)


def _segments(shape: str, pattern: str, parameters: list[Parameter]) -> Iterator[str]:
    """The parts of "analyses/*/maps/*" with a name for each star, and the pattern that each must have."""
    parts, patterns = shape.split("/"), pattern.split("/")
    for index, part in enumerate(parts):
        if not part.startswith("*"):
            yield part
            continue
        name = _SINGULAR.get(parts[index - 1], parts[index - 1])
        parameters.append(Parameter(name, patterns[index] if len(patterns) == len(parts) else _ID))
        yield "{" + name + "}"
