"""A gateway that fails as often as a test wants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc

from kit.errors import TelltaleError
from kit.rpc.status import abort
from telltale.gateway.v1 import analysis_service_pb2_grpc, resources_pb2


class FakeGateway(analysis_service_pb2_grpc.AnalysisServiceServicer):
    """Fails as often as it was told to, then answers."""

    def __init__(self) -> None:
        self.failures: list[TelltaleError] = []
        self.calls: list[list[Any]] = []
        self.silent = False
        self.authorization: Any = None

    def AnalyzeMedia(self, request_iterator: Any, context: grpc.ServicerContext) -> Iterator[resources_pb2.Analysis]:
        self.calls.append(list(request_iterator))
        self.authorization = dict(context.invocation_metadata()).get("authorization")
        if self.failures:
            abort(context, self.failures.pop(0))
        if not self.silent:
            yield resources_pb2.Analysis(state=resources_pb2.ANALYSIS_STATE_RUNNING)
            yield resources_pb2.Analysis(name="analyses/a")
