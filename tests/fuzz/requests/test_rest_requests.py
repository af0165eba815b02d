"""Odd requests over REST: the answer is what the OpenAPI document says, or a refusal that says its reason.

A slice runs against Envoy before a gateway with fake detectors. `make fuzz-rest N=10000 SEED=1` runs against the whole stack, and
also holds memory and open files of every process against what they were.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path

import pytest

from gateway.door.tokens import Scope
from tests.support.edge import envoy
from tests.support.fuzzing.ground import FILES, attacked_stack, keep, warm_up
from tests.support.fuzzing.rest import RestAssault
from tests.support.gateway import BROKEN, PHOTO, SOUND, VIDEO, running_gateway

SLICE = 80
TURNS, WARM_UP = 10, 4
UNLIMITED = "1000000/minute"


async def test_odd_requests_are_answered_or_refused_with_a_reason(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    limits = {"write_rate": UNLIMITED, "read_rate": UNLIMITED, "visitor_rate": UNLIMITED}
    async with running_gateway(tmp_path / "gateway", webhook_hosts=("hooks.example.org",), **limits) as world:
        made = [
            await world.headers_for(),
            await world.headers_for(Scope.READ),
            await world.headers_for(owner="mallory"),
        ]
        tokens = [value.removeprefix("Bearer ") for [(_, value)] in made]
        with envoy(tmp_path, world.port, requests_per_s=100_000, request_burst=100_000) as port:
            files = (PHOTO, VIDEO, SOUND, BROKEN)
            seed = request.config.getoption("--seed")
            assault = await asyncio.to_thread(RestAssault, f"http://127.0.0.1:{port}", tokens, files, seed)
            await asyncio.to_thread(assault.run, SLICE, 0)
        assert json.dumps(assault.tally.findings, indent=1) == "[]"
        assert len(assault.tally.methods) > 25


def test_the_whole_stack_bears_thousands_of_odd_requests(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    count = request.config.getoption("--requests")
    if not count:
        pytest.skip("takes minutes; run `make fuzz-rest`, or give --requests COUNT")
    with attacked_stack(tmp_path) as ground:
        seed = request.config.getoption("--seed")
        assault = RestAssault(ground.stack.url, ground.tokens, (*FILES, b"", b"no picture" * 100), seed)
        warm_up(ground)
        # Not every turn has as many as it could: what takes no data cannot be given wrong data.
        for turn in itertools.takewhile(lambda _: assault.tally.total() < count, itertools.count()):
            assault.run(count // TURNS, turn)
            if turn >= WARM_UP:
                ground.watch.look()
        assert keep("fuzz_rest", assault.tally, ground.watch) == []
        assert ground.stack.analyze(FILES[0]).status == 200
