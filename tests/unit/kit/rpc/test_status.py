"""What a failed call means."""

from __future__ import annotations

import grpc

from kit.errors import DetectorUnavailable, Internal
from kit.rpc.status import from_rpc_error


class Failed(grpc.RpcError):
    """A call that failed without a word of ours."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        self._code, self._details = code, details

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> None:
        return None


def test_a_call_that_ends_while_it_is_being_sent_is_worth_another_attempt() -> None:
    lost = Failed(grpc.StatusCode.INTERNAL, 'Internal error from Core: Failed "execute_batch": ...')
    assert isinstance(from_rpc_error(lost), DetectorUnavailable)
    assert isinstance(from_rpc_error(Failed(grpc.StatusCode.INTERNAL, "a fault of the service")), Internal)
