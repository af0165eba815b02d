from __future__ import annotations

import re

from kit import errors
from kit.errors import TelltaleError
from telltale.common.v1 import errors_pb2


def _leaves() -> list[type[TelltaleError]]:
    return TelltaleError.__subclasses__()


def test_every_reason_of_the_contract_has_exactly_one_error() -> None:
    reasons = sorted(kind.reason for kind in _leaves())
    assert reasons == sorted(number for number in errors_pb2.ErrorReason.values() if number != 0)


def test_an_error_is_named_like_its_reason() -> None:
    for kind in _leaves():
        assert re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).upper() == kind.reason_name()


def test_the_contract_names_the_status_that_the_error_has() -> None:
    text = {value.name: value.number for value in errors_pb2.DESCRIPTOR.enum_types_by_name["ErrorReason"].values}
    assert {f"ERROR_REASON_{kind.reason_name()}" for kind in _leaves()} <= set(text)


def test_the_tree_in_the_docstring_names_every_error() -> None:
    drawn = errors.__doc__ or ""
    assert [kind.__name__ for kind in _leaves() if not re.search(rf"\b{kind.__name__}\b", drawn)] == []
