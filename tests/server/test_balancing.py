"""A name with several addresses: every server behind it gets calls, new ones too, and none fails for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc

from kit.rpc.channel import open_aio_channel, open_channel
from kit.rpc.options import SERVER_OPTIONS

METHOD = "/test.Names/Name"
AGE_MS = 200


@contextmanager
def server(name: bytes, **options: int) -> Iterator[int]:
    """Answers every call with its name and its caller's address; one that asks "slow" after a second."""

    def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
        if request == b"slow":
            time.sleep(1)
        return name + b" " + context.peer().encode()

    changed = {f"grpc.{option}": value for option, value in options.items()}
    running = grpc.server(ThreadPoolExecutor(4), options=list((dict(SERVER_OPTIONS) | changed).items()))
    handlers = {"Name": grpc.unary_unary_rpc_method_handler(answer)}
    running.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("test.Names", handlers)])
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    yield port
    running.stop(0).wait()


def names(answers: list[bytes]) -> Counter[bytes]:
    return Counter(answer.partition(b" ")[0] for answer in answers)


def test_calls_are_spread_over_all_addresses_of_a_name() -> None:
    with server(b"a") as first, server(b"b") as second, open_channel(both(first, second)) as channel:
        call = channel.unary_unary(METHOD)
        while len(names([call(b"", timeout=5), call(b"", timeout=5)])) < 2:
            pass  # Until both are connected one gets all.
        assert names([call(b"", timeout=5) for _ in range(20)]) == {b"a": 10, b"b": 10}


async def test_calls_on_asyncio_are_spread_as_well() -> None:
    with server(b"a") as first, server(b"b") as second:
        async with open_aio_channel(both(first, second)) as channel:
            call = channel.unary_unary(METHOD)
            while len(names([await call(b"", timeout=5), await call(b"", timeout=5)])) < 2:
                pass
            assert names([await call(b"", timeout=5) for _ in range(20)]) == {b"a": 10, b"b": 10}


def test_an_address_without_a_server_gets_none() -> None:
    with server(b"b") as gone:
        pass
    with server(b"a") as here, open_channel(both(here, gone)) as channel:
        call = channel.unary_unary(METHOD)
        assert names([call(b"", timeout=5, wait_for_ready=True) for _ in range(20)]) == {b"a": 20}


def test_callers_connect_again_from_time_to_time_and_no_call_is_lost() -> None:
    assert dict(SERVER_OPTIONS)["grpc.max_connection_age_ms"] <= 60_000
    with server(b"a", max_connection_age_ms=AGE_MS) as port, open_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary(METHOD)
        slow = call.future(b"slow", timeout=5)
        end, answers = time.monotonic() + 10 * AGE_MS / 1000, []
        while time.monotonic() < end:
            answers.append(call(b"", timeout=5))
        assert slow.result().startswith(b"a ")
    assert len(set(answers)) > 2, "the caller has kept one connection"


def both(first: int, second: int) -> str:
    return f"ipv4:127.0.0.1:{first},127.0.0.1:{second}"
