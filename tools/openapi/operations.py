"""Calls as OpenAPI's operations: parameters, bodies, answers."""

from __future__ import annotations

import re
from typing import Any

from google.protobuf import descriptor_pb2

from tools.openapi.contracts import Contracts, Message, Method
from tools.openapi.errors import Failures, scope_of
from tools.openapi.routes import Route, routes_of
from tools.openapi.rules import Schema, rules_of
from tools.openapi.samples import BODIES, samples
from tools.openapi.schemas import Schemas

_HTTP_BODY = "google.api.HttpBody"
_MEDIA = ("application/octet-stream", "image/*", "video/*", "audio/*")
# What answers as a file, by the name of the call: everything else is JSON.
_FILES = {
    "GetMap": ("image/png",),
    "GetSharedMap": ("image/png",),
    "GetReport": ("application/json", "text/html", "application/pdf"),
    "GetSharedReport": ("application/json", "text/html", "application/pdf"),
    "GetPage": ("text/html",),
    "GetDocs": ("text/html",),
}


class Operations:
    """Writes operations."""

    def __init__(self, contracts: Contracts, schemas: Schemas, failures: Failures) -> None:
        self._contracts = contracts
        self._schemas = schemas
        self._failures = failures

    def paths(self) -> dict[str, dict[str, Schema]]:
        """All paths of all calls, in the order of the services."""
        found: dict[str, dict[str, Schema]] = {}
        for method in self._contracts.methods:
            for route in routes_of(method.descriptor, self._patterns(self._message(method.descriptor.input_type))):
                found.setdefault(route.path, {})[route.verb] = self.operation(method, route)
        return found

    def operation(self, method: Method, route: Route) -> Schema:
        """One way to one call."""
        name, comment, scope = method.descriptor.name, method.comment, scope_of(method.comment)
        body = self._body(method, route)
        return {
            "operationId": name + (f"By{route.verb.capitalize()}" if route.number else ""),
            "tags": [method.service.rpartition(".")[2]],
            "summary": _summary(comment, name),
            "description": comment,
            "security": [{"bearer": [scope]}] if scope else [],
            "parameters": self._parameters(method, route),
            **({"requestBody": body} if body else {}),
            "responses": {"200": self._answer(method, route), **self._failures.responses(method)},
            **({"x-stream": "ndjson"} if self._is_line_by_line(method) else {}),
            "x-codeSamples": samples(method, route, token=bool(scope), line_by_line=self._is_line_by_line(method)),
        }

    def _parameters(self, method: Method, route: Route) -> list[Schema]:
        in_path = [
            {"name": each.name, "in": "path", "required": True, "schema": _text(each.pattern)}
            for each in route.parameters
        ]
        if route.body == "*":
            return in_path
        request = self._message(method.descriptor.input_type)
        return in_path + [
            self._query(field, said)
            for field, said in self._schemas.fields(request)
            if field.name not in (*route.fields, route.body)
        ]

    def _query(self, field: descriptor_pb2.FieldDescriptorProto, said: str) -> Schema:
        schema = self._schemas.field(field, said)
        description = schema.pop("description", "")
        return {"name": field.json_name, "in": "query", "description": description, "schema": schema}

    def _body(self, method: Method, route: Route) -> Schema | None:
        request = self._message(method.descriptor.input_type)
        if not route.body:
            return None
        if route.body == "*":
            schema = self._schemas.message(request.name, without=route.fields)
        else:
            field, said = next(each for each in self._schemas.fields(request) if each[0].name == route.body)
            if field.type_name == f".{_HTTP_BODY}":
                return {"required": True, "description": said, "content": {mime: {"schema": {}} for mime in _MEDIA}}
            schema = self._schemas.field(field, said)
        return {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": BODIES[method.descriptor.name]}},
        }

    def _answer(self, method: Method, route: Route) -> Schema:
        answer = self._message(method.descriptor.output_type)
        name = method.descriptor.name
        if answer.name == _HTTP_BODY:
            return {"description": "The file, as it was handed in.", "content": {"*/*": {"schema": {}}}}
        if route.response_body:
            types = _FILES.get(name, ("*/*",))
            return {"description": answer.comment or "The file.", "content": {mime: {"schema": {}} for mime in types}}
        said = answer.comment
        if self._is_line_by_line(method):
            said = f"{said}\n\nOne JSON object a line (NDJSON), each as soon as it is known; the last line counts."
        schema = self._schemas.refer(answer.name)
        return {"description": said, "content": {"application/json": {"schema": schema}}}

    def _is_line_by_line(self, method: Method) -> bool:
        return method.descriptor.server_streaming and method.descriptor.output_type != f".{_HTTP_BODY}"

    def _message(self, type_name: str) -> Message:
        return self._contracts.messages[type_name.removeprefix(".")]

    def _patterns(self, request: Message) -> dict[str, str]:
        return {field.name: rules_of(field).string.pattern for field in request.descriptor.field}


def _text(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$"} if pattern else {"type": "string"}


def _summary(comment: str, name: str) -> str:
    """The first sentence; the name of the call where nothing is said."""
    return re.split(r"(?<=[.:]) ", comment.replace("\n", " "), maxsplit=1)[0].rstrip(".:") or name
