"""The whole document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from google.protobuf import descriptor_pb2

from tools.openapi.contracts import Contracts, Method, read_contracts
from tools.openapi.errors import STATUS, Failures
from tools.openapi.notes import BORROWED, DESCRIPTION, TAGS
from tools.openapi.operations import Operations
from tools.openapi.routes import has_route
from tools.openapi.rules import Schema
from tools.openapi.schemas import Schemas

_SERVED = ("telltale.gateway.v1.", "google.longrunning.")
_SCOPES = "`read` sees, `analyze` hands in, judges and deletes."


def openapi(files: descriptor_pb2.FileDescriptorSet, version: str) -> bytes:
    """The OpenAPI 3.1 document of a descriptor set (with imports and source info) as JSON, the same bytes for the same set."""
    contracts = _served(read_contracts(files))
    schemas, failures = Schemas(contracts), Failures(contracts)
    paths = Operations(contracts, schemas, failures).paths()
    schemas.refer(STATUS)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Telltale",
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [_tag(contracts, name, title) for name, title in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas.components(),
            "headers": {"RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": f"A token. {_SCOPES}"}},
        },
        "x-errors": failures.table(),
    }
    _spell(document, _renamed(contracts))
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _served(contracts: Contracts) -> Contracts:
    """The contracts with the calls that the edge serves, in the order of the headings."""
    order = list(TAGS)
    served = [_told(method) for method in contracts.methods if method.service.startswith(_SERVED) and has_route(method)]
    contracts.methods = sorted(served, key=lambda method: order.index(method.service.rpartition(".")[2]))
    return contracts


def _renamed(contracts: Contracts) -> dict[str, str]:
    """Names of fields that are spelt differently in comments than in JSON."""
    fields = [field for message in contracts.messages.values() for field in message.descriptor.field]
    return {field.name: field.json_name for field in fields if field.name != field.json_name}


def _spell(node: Any, renamed: Mapping[str, str]) -> None:
    """Gives fields in descriptions the names that they have in JSON."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in ("description", "summary", "meaning") and isinstance(value, str):
            node[key] = re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda name: renamed.get(name[0], name[0]), value)
        else:
            _spell(value, renamed)


def _told(method: Method) -> Method:
    """A call of somebody else's contract with what is to be said of it here."""
    return replace(method, comment=BORROWED.get(method.descriptor.name, method.comment))


def _tag(contracts: Contracts, name: str, title: str) -> Schema:
    comment = next(said for full, said in contracts.services.items() if full.endswith(f".{name}"))
    return {"name": name, "description": comment, "x-displayName": title}
