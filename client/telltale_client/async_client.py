"""The client for asyncio: the same methods, to be awaited."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, Concatenate, Self, Unpack

from google.longrunning import operations_pb2

from telltale.gateway.v1 import resources_pb2
from telltale_client.awaiting import Awaiting, AwaitingDriver, Parameters, awaiting, iterating
from telltale_client.channel import Options, door_to
from telltale_client.effects import Flow
from telltale_client.flows import analyses, media, operations, shares
from telltale_client.handle import OperationFacts
from telltale_client.retry import Retry


class AsyncOperation(OperationFacts, Awaiting):
    """Long-running work that was handed in."""

    def __init__(self, message: operations_pb2.Operation, driver: AwaitingDriver) -> None:
        OperationFacts.__init__(self, message)
        Awaiting.__init__(self, driver)

    async def wait(self, timeout: timedelta | None = None) -> resources_pb2.Analysis:
        """The finished analysis. Raises DeadlineExceeded after `timeout`, and what the analysis ended with."""
        return await self._driver.run(operations.wait_operation(self.name, timeout))

    async def watch(self) -> AsyncIterator[resources_pb2.AnalysisOperation]:
        """Its progress at every step until it has ended; `wait` has the result then."""
        async for message in self._driver.iterate(operations.watch_operation(self.name)):
            self.message = message
            yield self.progress

    async def cancel(self) -> None:
        """Stops it; one that has ended stays as it is."""
        await self._driver.run(operations.cancel_operation(self.name))

    async def refresh(self) -> Self:
        """Asks how far it is."""
        self.message = await self._driver.run(operations.get_operation(self.name))
        return self


def operating(
    flow: Callable[Parameters, Flow[operations_pb2.Operation]],
) -> Callable[Concatenate[Awaiting, Parameters], Coroutine[Any, Any, AsyncOperation]]:
    """The method to await of a flow whose result is an operation."""

    @functools.wraps(flow)
    async def method(self: Awaiting, /, *arguments: Parameters.args, **options: Parameters.kwargs) -> AsyncOperation:
        return AsyncOperation(await self._driver.run(flow(*arguments, **options)), self._driver)

    return method


class AsyncClient(Awaiting):
    """A client of one server, for the event loop of its first call; use it as `async with`, or close it.

    `address` is "https://telltale.example", or "127.0.0.1:8080" for a server on this machine.

    Raises:
        InvalidArgument: what is given does not fit together. OSError: a file cannot be read.
    """

    def __init__(self, address: str, **options: Unpack[Options]) -> None:
        super().__init__(AwaitingDriver(door_to(address, options), options.get("retry", Retry())))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection; calls that are under way end."""
        await self._driver.close()

    analyze = awaiting(analyses.analyze)
    analyze_stored = awaiting(analyses.analyze_stored)
    get_analysis = awaiting(analyses.get_analysis)
    list_analyses = iterating(analyses.list_analyses)
    delete_analysis = awaiting(analyses.delete_analysis)
    report = awaiting(analyses.report)
    map = awaiting(analyses.map)

    upload = awaiting(media.upload)
    get_media = awaiting(media.get_media)
    list_media = iterating(media.list_media)
    download = iterating(media.download)
    delete_media = awaiting(media.delete_media)
    contribute = awaiting(media.contribute)
    delete_contribution = awaiting(media.delete_contribution)

    create_analysis = operating(operations.create_analysis)
    get_operation = operating(operations.get_operation)
    delete_operation = awaiting(operations.delete_operation)

    async def batch(self, requests: Sequence[operations.CreateAnalysisRequest]) -> list[AsyncOperation]:
        """Has up to 100 stored files judged: all orders are taken, or none. `analysis_request` makes one."""
        return [AsyncOperation(each, self._driver) for each in await self._driver.run(operations.batch(requests))]

    async def list_operations(self, *, done: bool | None = None) -> AsyncIterator[AsyncOperation]:
        """Operations of the token's owner, newest first: those that are done, those that are not, or all."""
        async for each in self._driver.iterate(operations.list_operations(done=done)):
            yield AsyncOperation(each, self._driver)

    share = awaiting(shares.share)
    list_shares = awaiting(shares.list_shares)
    delete_share = awaiting(shares.delete_share)
    feedback = awaiting(shares.feedback)
    get_feedback = awaiting(shares.get_feedback)
    list_feedback = iterating(shares.list_feedback)
    delete_feedback = awaiting(shares.delete_feedback)
    signing_keys = awaiting(shares.signing_keys)
