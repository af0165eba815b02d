"""What surrounds a call on a sync server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import grpc
import pytest
from structlog.contextvars import get_contextvars

from kit.batching.wish import Priority, Wish, current_wish
from kit.rpc.interceptors import PRIORITY, REQUEST_ID, CallInterceptor
from kit.telemetry import exposition
from tests.support.clock import FakeClock


class Aborted(Exception):
    """What grpc raises."""


class Context:
    def set_trailing_metadata(self, _: object) -> None:
        """Goes nowhere."""

    def abort(self, *_: object) -> NoReturn:
        raise Aborted

    def code(self) -> None:
        return None

    def is_active(self) -> bool:
        return True

    def time_remaining(self) -> float:
        return 3.0

    def add_callback(self, gone: Callable[[], None]) -> bool:
        self.gone = gone
        return True


class Details:
    method = "/crowded.Service/Call"

    def __init__(self, *metadata: tuple[str, str]) -> None:
        self.invocation_metadata = metadata


def calling(interceptor: CallInterceptor, request_id: str, work: Callable[[], object]) -> object:
    return asked(interceptor, Context(), work, (REQUEST_ID, request_id))


def asked(
    interceptor: CallInterceptor, context: Context, work: Callable[[], object], *metadata: tuple[str, str]
) -> object:
    handler = grpc.unary_unary_rpc_method_handler(lambda _request, _context: work())
    wrapped: Any = interceptor.intercept_service(lambda _: handler, Details(*metadata))
    return wrapped.unary_unary(b"", context)


def test_a_call_that_is_refused_leaves_its_request_id_in_no_line_of_others() -> None:
    interceptor = CallInterceptor(FakeClock(), 1)

    def crowded() -> object:
        with pytest.raises(Aborted):
            calling(interceptor, "second", lambda: None)
        return get_contextvars()["request_id"]

    assert calling(interceptor, "first", crowded) == "first"
    assert "request_id" not in get_contextvars()


def test_a_call_that_is_refused_is_counted() -> None:
    interceptor = CallInterceptor(FakeClock(), 1)
    counted = (
        'rpc_server_call_duration_seconds_count{rpc_method="crowded.Service/Call",'
        'rpc_response_status_code="RESOURCE_EXHAUSTED"}'
    )
    with pytest.raises(Aborted):
        calling(interceptor, "first", lambda: calling(interceptor, "second", lambda: None))
    assert counted in exposition()


def test_networks_are_run_as_the_call_wishes_and_only_as_long_as_it_lasts() -> None:
    context, clock = Context(), FakeClock()
    clock.advance(5)
    wish = asked(CallInterceptor(clock, 1), context, current_wish)
    assert isinstance(wish, Wish)
    assert (wish.deadline_s, wish.priority) == (8.0, Priority.INTERACTIVE)
    assert current_wish() == Wish()


def test_networks_are_not_run_for_a_caller_who_went_away() -> None:
    def cancelled() -> bool:
        wish = current_wish()
        context.gone()
        return wish.cancel is not None and wish.cancel.cancelled

    context = Context()
    assert asked(CallInterceptor(FakeClock(), 1), context, cancelled)


def test_a_call_can_let_all_others_go_first() -> None:
    wish = asked(CallInterceptor(FakeClock(), 1), Context(), current_wish, (PRIORITY, "background"))
    assert isinstance(wish, Wish)
    assert wish.priority is Priority.BACKGROUND
