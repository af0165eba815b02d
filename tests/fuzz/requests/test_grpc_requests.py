"""Odd requests over gRPC: whatever is sent, the answer is one that the contract knows, or a refusal that says its reason.

A slice runs against a gateway with fake detectors. `make fuzz-grpc N=10000 SEED=1` runs against the whole stack, and also holds
memory and open files of every process against what they were.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from gateway.door.tokens import Scope
from telltale.gateway.v1 import analysis_service_pb2
from tests.support.fuzzing.assault import Assault
from tests.support.fuzzing.attacks import Material
from tests.support.fuzzing.ground import FILES, attacked_stack, keep, warm_up
from tests.support.fuzzing.names import Names
from tests.support.gateway import BROKEN, PHOTO, SOUND, VIDEO, World, running_gateway
from tests.support.mutants import mutant

SLICE = 300
TURNS, WARM_UP = 20, 5
UNLIMITED = "1000000/minute"


async def secret_of(world: World, *scopes: Scope, owner: str = "alice") -> str:
    [(_, value)] = await world.headers_for(*scopes, owner=owner)
    return value.removeprefix("Bearer ")


async def some_names(world: World) -> Names:
    """An analysis with its file, of an owner who is attacked, and one of somebody else."""
    names = Names()
    for headers in (world.headers, await world.headers_for(owner="mallory")):
        [analysis] = await world.analyze(headers=headers)
        names.learn(analysis)
    return names


async def test_odd_requests_are_answered_or_refused_with_a_reason(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    limits = {
        "webhook_hosts": ("hooks.example.org",),
        "write_rate": UNLIMITED,
        "read_rate": UNLIMITED,
        "visitor_rate": UNLIMITED,
    }
    async with running_gateway(tmp_path, **limits) as world:
        material = Material(await some_names(world), (PHOTO, VIDEO, SOUND, BROKEN, b"", PHOTO * 20_000))
        tokens = [
            await secret_of(world),
            await secret_of(world, Scope.READ),
            await secret_of(world, Scope.ANALYZE),
            await secret_of(world, owner="mallory"),
        ]
        assault = Assault(tokens, material, request.config.getoption("--seed"))
        await assault.run(f"127.0.0.1:{world.port}", 0, SLICE)
        assert json.dumps(assault.tally.findings, indent=1) == "[]"
        assert len(assault.tally.methods) > 25
        again = analysis_service_pb2.ListAnalysesRequest()
        assert await world.analysis.ListAnalyses(again, metadata=world.headers)


async def test_the_whole_stack_bears_thousands_of_odd_requests(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    count = request.config.getoption("--requests")
    if not count:
        pytest.skip("takes minutes; run `make fuzz-grpc`, or give --requests COUNT")
    with attacked_stack(tmp_path) as ground:
        material = Material(Names(), (*FILES, mutant(FILES[0], random.Random(1)), b"", b"no picture" * 100))
        assault = Assault(ground.tokens, material, request.config.getoption("--seed"))
        # At the gateway's own door, and at that of Envoy.
        doors = ground.stack.grpc, f"127.0.0.1:{ground.stack.port}"
        warm_up(ground)
        for turn in range(TURNS):
            await assault.run(doors[turn % 2], turn * count, count // TURNS)
            if turn >= WARM_UP:
                ground.watch.look()
        assert keep("fuzz_grpc", assault.tally, ground.watch) == []
        assert ground.stack.analyze(FILES[0]).status == 200
