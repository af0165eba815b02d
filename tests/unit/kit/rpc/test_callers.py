from __future__ import annotations

import pytest

from kit.errors import InsufficientScope
from kit.rpc.callers import only_for
from telltale.model.v1 import model_service_pb2

DESCRIPTOR = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"]


class Says:
    """Every method answers with its name."""

    def __getattr__(self, name: str) -> object:
        return lambda _request, _context: name


class Context:
    def __init__(self, *names: str) -> None:
        self._names = names

    def auth_context(self) -> dict[str, list[bytes]]:
        return {"x509_subject_alternative_name": [name.encode() for name in self._names]}


def may(restricted: object, method: str, name: str) -> bool:
    try:
        return bool(getattr(restricted, method)(None, Context(name)) == method)
    except InsufficientScope:
        return False


def test_without_names_a_servicer_stays_itself() -> None:
    servicer = Says()
    assert only_for((), servicer, DESCRIPTOR) is servicer


def test_some_methods_are_for_others() -> None:
    restricted = only_for(("gateway",), Says(), DESCRIPTOR, {"SwitchModels": ("operator",)})
    assert may(restricted, "ListModels", "gateway")
    assert not may(restricted, "ListModels", "operator")
    assert may(restricted, "SwitchModels", "operator")
    assert not may(restricted, "SwitchModels", "gateway")


def test_methods_for_nobody_are_for_nobody_while_all_others_are_for_all() -> None:
    restricted = only_for((), Says(), DESCRIPTOR, {"SwitchModels": ()})
    assert may(restricted, "ListModels", "anybody")
    assert not may(restricted, "SwitchModels", "anybody")


def test_who_is_refused_learns_who_may() -> None:
    restricted = only_for(("gateway",), Says(), DESCRIPTOR)
    with pytest.raises(InsufficientScope, match=r"takes calls of gateway alone.*is of stranger"):
        getattr(restricted, "ListModels")(None, Context("stranger"))  # noqa: B009 - the type has no such attribute
