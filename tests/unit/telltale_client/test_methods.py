from __future__ import annotations

from google.protobuf import descriptor_pool

import telltale_client.methods as methods
from telltale.gateway.v1 import (
    feedback_service_pb2,
    key_service_pb2,
    media_service_pb2,
    operation_service_pb2,
    share_service_pb2,
)
from telltale_client import AsyncClient, AsyncOperation, Client, Operation
from telltale_client.effects import Method

CONTRACTS = (media_service_pb2, share_service_pb2, feedback_service_pb2, key_service_pb2, operation_service_pb2)


def test_every_method_is_one_of_the_contract_with_its_answer() -> None:
    pool = descriptor_pool.Default()
    ours = [each for each in vars(methods).values() if isinstance(each, Method)]
    assert len(ours) >= 30
    for method in ours:
        _, service, name = method.path.split("/")
        found = pool.FindMethodByName(f"{service}.{name}")
        assert found.output_type.full_name == method.answer.DESCRIPTOR.full_name


def test_every_method_of_the_contract_with_a_token_can_be_called() -> None:
    called = {each.path.rpartition("/")[2] for each in vars(methods).values() if isinstance(each, Method)}
    for contract in CONTRACTS:
        for service in contract.DESCRIPTOR.services_by_name.values():
            names = {method.name for method in service.methods if "Shared" not in method.name}
            assert names <= called


def test_both_clients_offer_the_same_in_the_same_words() -> None:
    for blocking, awaiting in ((Client, AsyncClient), (Operation, AsyncOperation)):
        assert surface(blocking) == surface(awaiting)


def surface(kind: type) -> dict[str, str | None]:
    names = [name for name in dir(kind) if not name.startswith("_")]
    return {name: getattr(kind, name).__doc__ for name in names}
