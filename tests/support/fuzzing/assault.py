"""Sends attacks to a server, many at once, each one made from the seed and its number alone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence

import grpc

from tests.support.fuzzing.attacks import Headers, Material, Script, script, valid
from tests.support.fuzzing.contract import Method, public_methods
from tests.support.fuzzing.outcomes import Outcome, Tally, cancelled, outcome_of

AT_ONCE = 8
BURST = 200
_BURST_SHARE = 0.1
_DELETIONS = 0.15
_ANSWER_BYTES = 64 * 2**20


class Assault:
    """On servers.

    Attributes:
        tally: what came of it so far.
    """

    def __init__(self, tokens: Sequence[str], material: Material, seed: int) -> None:
        self._tokens = tokens
        self._material = material
        self._seed = seed
        self._methods = public_methods()
        self.tally = Tally()

    async def run(self, target: str, first: int, count: int) -> None:
        """Attacks on `host:port`, numbered from `first`: `count` of them side by side, then hundreds at once."""
        options = [("grpc.max_receive_message_length", _ANSWER_BYTES), ("grpc.max_metadata_size", 2**20)]
        async with grpc.aio.insecure_channel(target, options=options) as channel:
            numbers = iter(range(first, first + count))
            await asyncio.gather(*(self._fight(channel, numbers) for _ in range(AT_ONCE)))
            bursts = max(1, round(count * _BURST_SHARE / BURST))
            for burst in range(bursts):
                await self._burst(channel, first + count + burst * BURST)

    async def _fight(self, channel: grpc.aio.Channel, numbers: Iterator[int]) -> None:
        for number in numbers:
            chance = random.Random(f"{self._seed}-{number}")
            method = self._some_method(chance)
            await self._strike(channel, number, method, script(method, self._material, chance), chance)

    async def _burst(self, channel: grpc.aio.Channel, first: int) -> None:
        """Hundreds of calls at once, and everybody leaves."""

        async def one(number: int) -> None:
            chance = random.Random(f"{self._seed}-{number}")
            method = self._some_method(chance)
            pieces = valid(method, self._material, chance).pieces
            left = Script("burst", pieces, leave_after_s=chance.uniform(0, 0.5))
            await self._strike(channel, number, method, left, chance)

        await asyncio.gather(*(one(first + number) for number in range(BURST)))

    async def _strike(
        self, channel: grpc.aio.Channel, number: int, method: Method, written: Script, chance: random.Random
    ) -> None:
        metadata = (*self._token(chance), *written.more)
        self.tally.add(number, await self._call(channel, method, written, metadata))

    async def _call(self, channel: grpc.aio.Channel, method: Method, written: Script, metadata: Headers) -> Outcome:
        try:
            async with asyncio.timeout(written.leave_after_s):
                await self._converse(channel, method, written, metadata)
        except grpc.aio.AioRpcError as error:
            return outcome_of(method, written, error)
        except TimeoutError:
            return cancelled(method, written)
        except asyncio.CancelledError:
            # grpc.aio cancels a call of its own when writing fails, and says so as if this task had been cancelled.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return cancelled(method, written)
        return outcome_of(method, written, None)

    async def _converse(self, channel: grpc.aio.Channel, method: Method, written: Script, metadata: Headers) -> None:
        """Speaks bytes: what is sent need be no message."""
        call = channel.stream_stream(method.path)(_sent(written), timeout=written.timeout_s, metadata=metadata)
        last = b""
        try:
            async for answer in call:
                last = answer
            code = await call.code()
        finally:
            call.cancel()
        if code is not grpc.StatusCode.OK:
            raise grpc.aio.AioRpcError(
                code, await call.initial_metadata(), await call.trailing_metadata(), await call.details()
            )
        if last:
            self._material.names.learn(method.answer.FromString(last))

    def _some_method(self, chance: random.Random) -> Method:
        """Any of them; those that delete more rarely, or nothing would be there for the others."""
        method = chance.choice(self._methods)
        return (
            method
            if not method.name.startswith("Delete") or chance.random() < _DELETIONS
            else self._some_method(chance)
        )

    def _token(self, chance: random.Random) -> Headers:
        if chance.random() < 0.8:
            return (("authorization", f"Bearer {self._tokens[0]}"),)
        secret = chance.choice((*self._tokens, "", "tt_" + "x" * 43, "a b  c", "eyJhbGciOiJub25lIn0.e30."))
        return (("authorization", f"Bearer {secret}"),) if secret else ()


async def _sent(written: Script) -> AsyncIterator[bytes]:
    for piece in written.pieces:
        yield piece
