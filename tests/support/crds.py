"""Custom resources against the pinned schemas of tests/k8s/schemas/, which refuse fields that they do not know."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from tests.support.imports import ROOT

SCHEMAS = ROOT / "tests" / "k8s" / "schemas"
Resource = Mapping[str, Any]


def problems(resource: Resource) -> list[str]:
    """What is wrong with a custom resource, a sentence each. KeyError: of its kind there is no schema."""
    kind = f"{resource['apiVersion']}/{resource['kind']}"
    errors = _validators()[kind].iter_errors(resource)
    return [f"{kind} {resource['metadata']['name']}: {error.json_path}: {error.message}" for error in errors]


def is_custom(resource: Resource) -> bool:
    """Whether a resource is of no group of Kubernetes' own."""
    group = resource["apiVersion"].rpartition("/")[0]
    return "." in group and (not group.endswith(".k8s.io") or group == "gateway.networking.k8s.io")


def all_problems(resources: Iterable[Resource]) -> list[str]:
    """The same for every custom resource among them."""
    return [problem for each in resources if is_custom(each) for problem in problems(each)]


@functools.cache
def _validators() -> dict[str, Draft202012Validator]:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMAS.glob("*.json"))]
    return {
        kind: Draft202012Validator({**reference, "$defs": document["$defs"]})
        for document in documents
        for kind, reference in document["kinds"].items()
    }
