"""The door: who calls, may they, not too often; and one log line and one entry of the audit log about every call.

Most calls come with a token. Visitors come with the secret of a link instead: they are counted by where they come from, and the
log never sees what they ask for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import NoReturn, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from structlog.contextvars import bound_contextvars

from gateway.audit.entry import OK, Event, plain
from gateway.audit.names import named_by_request, names_in
from gateway.door.edge import Arriving, Edge
from gateway.door.headers import REQUEST_ID, secret_in
from gateway.door.passports import Passport
from gateway.door.rates import Rates
from gateway.door.tokens import Scope, Token
from gateway.door.visitors import Doormen, neighbourhood, network_of
from gateway.metrics import CALLS
from gateway.storage.times import to_ms
from kit.clock import Clock
from kit.errors import InsufficientScope, StorageUnavailable, TelltaleError
from kit.log import get_logger

_CANCELLED = "CANCELLED"

Answer = TypeVar("Answer", bound=Message)


class Context(Arriving, Protocol):
    """What of a call's context is read here."""

    def peer(self) -> str:
        """Who holds the other end of the connection, as gRPC writes it: "ipv4:127.0.0.1:50000"."""
        ...


class TokenVerifier(Protocol):
    """Knows tokens by their secret."""

    async def verify(self, secret: str) -> Token:
        """The token behind a secret. Raises InvalidToken, ExpiredToken."""
        ...


class Notary(Protocol):
    """Writes down what happened. See `gateway.audit.log`."""

    async def ready(self) -> None:
        """Raises StorageUnavailable while nothing can be written down."""
        ...

    async def record(self, event: Event) -> None:
        """Returns when the event is on the disk. Raises StorageUnavailable."""
        ...


@dataclass
class Call:
    """An admitted call.

    Attributes:
        owner: whose resources it may see; of a visitor, who shared with them.
        token_id: for the log; empty for visitors.
        share: name of the link that a visitor has; empty for everybody else.
        received_bytes: of media, counted by who receives them.
        touched: names of the resources that were asked for or made, for the audit log.
        network: where it comes from, see `gateway.door.visitors.network_of`.
        request_id: of the edge; empty when there is none.
    """

    owner: str = ""
    token_id: str = ""
    share: str = ""
    received_bytes: int = 0
    touched: list[str] = field(default_factory=list)
    network: str = ""
    request_id: str = ""

    def made(self, answer: Answer) -> Answer:
        """The answer of a call that made or deleted something; what it names is noted."""
        self.touched += names_in(answer)
        return answer


class Gate:
    """Lets calls in."""

    def __init__(
        self, tokens: TokenVerifier, edge: Edge, rates: Rates, clock: Clock, doormen: Doormen, audit: Notary
    ) -> None:
        self._tokens = tokens
        self._edge = edge
        self._rates = rates
        self._clock = clock
        self._doormen = doormen
        self._audit = audit
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    async def until_empty(self, timeout_s: float) -> None:
        """Waits until every admitted call has ended, cancelled ones with their last records, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._empty.wait()

    @asynccontextmanager
    async def admit(self, method: str, context: Context, scope: Scope, cost: int = 1) -> AsyncIterator[Call]:
        """Checks the token before anything of the body is read, and logs the call when it ends, refused ones included.

        `cost` is what the call counts as: a batch is as many calls as it saves.

        Raises:
            MissingToken, InvalidToken, ExpiredToken, InsufficientScope, RateLimited.
            StorageUnavailable: the audit log cannot be written.
        """
        headers = self._edge.headers(context)
        async with self._logged(
            method, context, headers, lambda call: self._identify(call, headers, scope, cost)
        ) as call:
            yield call

    @asynccontextmanager
    async def admit_visitor(self, method: str, context: Context, cost: int = 1) -> AsyncIterator[Call]:
        """Lets somebody without a token in, logged like everybody else; `cost` is what the call counts as.

        Raises RateLimited. StorageUnavailable: the audit log cannot be written.
        """
        headers = self._edge.headers(context)
        async with self._logged(method, context, headers, lambda call: self._rates.visit(call.network, cost)) as call:
            yield call

    async def refuse(self, method: MethodDescriptor, context: Context, error: TelltaleError) -> NoReturn:
        """Ends a call whose request breaks its contract, before a servicer has seen it; counted and logged like all others.

        Raises `error`; to who has no token, only that: MissingToken, InvalidToken, ExpiredToken. RateLimited, StorageUnavailable.
        """
        headers = self._edge.headers(context)
        by_link = "secret" in method.input_type.fields_by_name

        async def check(call: Call) -> None:
            if by_link:
                await self._rates.visit(call.network, 1)
            else:
                await self._rates.spend((await self._known(call, headers)).token_id, Scope.READ, 1)

        async with self._logged(method.name, context, headers, check):
            raise error

    @asynccontextmanager
    async def _logged(
        self, method: str, context: Context, headers: dict[str, str], check: Callable[[Call], Awaitable[None]]
    ) -> AsyncIterator[Call]:
        call, start_s, outcome = self._arriving(context, headers), self._clock.monotonic_s(), "INTERNAL"
        with self._counted(), bound_contextvars(request_id=call.request_id):
            await self._writable(method, call, start_s)
            try:
                await check(call)
                yield call
                outcome = OK
            except TelltaleError as error:
                outcome = error.reason_name()
                raise
            except (asyncio.CancelledError, GeneratorExit):
                outcome = _CANCELLED
                raise
            finally:
                await self._ended(method, call, outcome, start_s)

    async def _writable(self, method: str, call: Call, start_s: float) -> None:
        try:
            await self._audit.ready()
        except StorageUnavailable as error:
            # It has no entry, so the metrics and the log are where it shows.
            self._log(method, call, error.reason_name(), start_s)
            raise

    def _arriving(self, context: Context, headers: dict[str, str]) -> Call:
        network = network_of(context.peer(), headers, self._doormen)
        return Call(touched=[*named_by_request()], network=network, request_id=plain(headers.get(REQUEST_ID, "")))

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._inside += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    async def _identify(self, call: Call, headers: dict[str, str], scope: Scope, cost: int) -> None:
        token = await self._known(call, headers)
        if not token.scopes & {scope, Scope.ADMIN}:
            raise InsufficientScope(f"this call needs a token with scope {scope.value!r}", needed=scope.value)
        await self._rates.spend(token.token_id, scope, cost)

    async def _known(self, call: Call, headers: dict[str, str]) -> Token | Passport:
        token = self._edge.passport(headers) or await self._tokens.verify(secret_in(headers))
        call.owner, call.token_id = token.owner, token.token_id
        return token

    async def _ended(self, method: str, call: Call, outcome: str, start_s: float) -> None:
        try:
            await self._record(method, call, outcome)
        except StorageUnavailable as error:
            # What was done stays done, and its entry will say so; what the caller is told stands in the other log.
            outcome = error.reason_name()
            raise
        finally:
            self._log(method, call, outcome, start_s)

    async def _record(self, method: str, call: Call, outcome: str) -> None:
        event = Event(
            time_ms=to_ms(self._clock.now()),
            method=method,
            outcome=outcome,
            token_id=call.token_id,
            owner=call.owner,
            resources=(*call.touched, *([call.share] if call.share else [])),
            network=neighbourhood(call.network),
            request_id=call.request_id,
        )
        # Who has gone away need not be told that the log failed; the event is kept and tried again.
        with suppress(StorageUnavailable) if outcome == _CANCELLED else nullcontext():
            await self._audit.record(event)

    def _log(self, method: str, call: Call, outcome: str, start_s: float) -> None:
        CALLS.add(method=method, outcome=outcome)
        took_ms = round((self._clock.monotonic_s() - start_s) * 1000, 1)
        get_logger().info(
            "call",
            method=method,
            outcome=outcome,
            token_id=call.token_id,
            owner=call.owner,
            **({"share": call.share} if call.share else {}),
            received_bytes=call.received_bytes,
            took_ms=took_ms,
        )
