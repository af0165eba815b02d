"""The client for ordinary programs: every method returns when it is done."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Concatenate, Self, Unpack

from google.longrunning import operations_pb2

from telltale.gateway.v1 import resources_pb2
from telltale_client.blocking import Blocking, BlockingDriver, Parameters, blocking, iterating
from telltale_client.channel import Options, door_to
from telltale_client.effects import Flow
from telltale_client.flows import analyses, media, operations, shares
from telltale_client.handle import OperationFacts
from telltale_client.retry import Retry


class Operation(OperationFacts, Blocking):
    """Long-running work that was handed in."""

    def __init__(self, message: operations_pb2.Operation, driver: BlockingDriver) -> None:
        OperationFacts.__init__(self, message)
        Blocking.__init__(self, driver)

    def wait(self, timeout: timedelta | None = None) -> resources_pb2.Analysis:
        """The finished analysis. Raises DeadlineExceeded after `timeout`, and what the analysis ended with."""
        return self._driver.run(operations.wait_operation(self.name, timeout))

    def watch(self) -> Iterator[resources_pb2.AnalysisOperation]:
        """Its progress at every step until it has ended; `wait` has the result then."""
        for message in self._driver.iterate(operations.watch_operation(self.name)):
            self.message = message
            yield self.progress

    def cancel(self) -> None:
        """Stops it; one that has ended stays as it is."""
        self._driver.run(operations.cancel_operation(self.name))

    def refresh(self) -> Self:
        """Asks how far it is."""
        self.message = self._driver.run(operations.get_operation(self.name))
        return self


def operating(
    flow: Callable[Parameters, Flow[operations_pb2.Operation]],
) -> Callable[Concatenate[Blocking, Parameters], Operation]:
    """The blocking method of a flow whose result is an operation."""

    @functools.wraps(flow)
    def method(self: Blocking, /, *arguments: Parameters.args, **options: Parameters.kwargs) -> Operation:
        return Operation(self._driver.run(flow(*arguments, **options)), self._driver)

    return method


class Client(Blocking):
    """A client of one server. May be used by several threads at once; use it as a context manager, or close it.

    `address` is "https://telltale.example", or "127.0.0.1:8080" for a server on this machine.

    Raises:
        InvalidArgument: what is given does not fit together. OSError: a file cannot be read.
    """

    def __init__(self, address: str, **options: Unpack[Options]) -> None:
        super().__init__(BlockingDriver(door_to(address, options), options.get("retry", Retry())))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; calls that are under way end."""
        self._driver.close()

    analyze = blocking(analyses.analyze)
    analyze_stored = blocking(analyses.analyze_stored)
    get_analysis = blocking(analyses.get_analysis)
    list_analyses = iterating(analyses.list_analyses)
    delete_analysis = blocking(analyses.delete_analysis)
    report = blocking(analyses.report)
    map = blocking(analyses.map)

    upload = blocking(media.upload)
    get_media = blocking(media.get_media)
    list_media = iterating(media.list_media)
    download = iterating(media.download)
    delete_media = blocking(media.delete_media)
    contribute = blocking(media.contribute)
    delete_contribution = blocking(media.delete_contribution)

    create_analysis = operating(operations.create_analysis)
    get_operation = operating(operations.get_operation)
    delete_operation = blocking(operations.delete_operation)

    def batch(self, requests: Sequence[operations.CreateAnalysisRequest]) -> list[Operation]:
        """Has up to 100 stored files judged: all orders are taken, or none. `analysis_request` makes one."""
        return [Operation(each, self._driver) for each in self._driver.run(operations.batch(requests))]

    def list_operations(self, *, done: bool | None = None) -> Iterator[Operation]:
        """Operations of the token's owner, newest first: those that are done, those that are not, or all."""
        return (Operation(each, self._driver) for each in self._driver.iterate(operations.list_operations(done=done)))

    share = blocking(shares.share)
    list_shares = blocking(shares.list_shares)
    delete_share = blocking(shares.delete_share)
    feedback = blocking(shares.feedback)
    get_feedback = blocking(shares.get_feedback)
    list_feedback = iterating(shares.list_feedback)
    delete_feedback = blocking(shares.delete_feedback)
    signing_keys = blocking(shares.signing_keys)
