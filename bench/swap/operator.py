"""Who switches, rolls back and tries bad versions, at even steps of time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import grpc

from bench.swap.zoo import VICTIM, Zoo
from kit.rpc.channel import open_channel
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc

_LANE = "main"
_ROLLBACK_EVERY = 4
_BAD_EVERY = 2
BAD: Final = "refused: "
"""What the attempts are called that must fail."""


@dataclass(frozen=True, slots=True)
class Change:
    """One attempt. Times are of `time.perf_counter`."""

    what: str
    began_s: float
    ended_s: float
    refusal: str = ""


class Operator:
    """Works on one service."""

    def __init__(self, target: str, zoo: Zoo) -> None:
        self._target = target
        self._zoo = zoo

    def work(self, swaps: int, step_s: float) -> list[Change]:
        """So many swaps, every fourth a way back, and behind every second a version that must be refused.

        Half of each step, at least, is quiet.
        """
        with open_channel(self._target) as channel:
            stub = model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
            bad = iter(self._zoo.bad.items())
            changes: list[Change] = []
            for number in range(swaps):
                began_s = time.perf_counter()
                changes.append(self._swap(stub, number))
                if number % _BAD_EVERY == _BAD_EVERY - 1 and (wrong := next(bad, None)):
                    changes.append(_switch(stub, f"{BAD}{wrong[1]}", {VICTIM: wrong[0]}))
                time.sleep(max(step_s / 2, began_s + step_s - time.perf_counter()))
            return changes

    def there_and_back(self) -> None:
        """Two swaps."""
        with open_channel(self._target) as channel:
            stub = model_service_pb2_grpc.ModelServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
            for versions in (self._zoo.second, self._zoo.first):
                _switch(stub, "switch", versions)

    def _swap(self, stub: model_service_pb2_grpc.ModelServiceStub, number: int) -> Change:
        """First to second and back, in turns; a way back does the same as a switch would."""
        if number % _ROLLBACK_EVERY == _ROLLBACK_EVERY - 1:
            return _timed("rollback", lambda: stub.RollBackModels(model_service_pb2.RollBackModelsRequest(lane=_LANE)))
        return _switch(stub, "switch", self._zoo.first if number % 2 else self._zoo.second)


def _switch(stub: model_service_pb2_grpc.ModelServiceStub, what: str, versions: Mapping[str, str]) -> Change:
    request = model_service_pb2.SwitchModelsRequest(lane=_LANE, versions=versions)
    return _timed(what, lambda: stub.SwitchModels(request))


def _timed(what: str, call: Callable[[], object]) -> Change:
    began_s, refusal = time.perf_counter(), ""
    try:
        call()
    except grpc.RpcError as error:
        refusal = f"{error.code().name}: {error.details()}"
    return Change(what, began_s, time.perf_counter(), refusal)


def unexpected(changes: Sequence[Change]) -> list[Change]:
    """Good ones that were refused, and bad ones that were not."""
    return [change for change in changes if bool(change.refusal) != change.what.startswith(BAD)]
