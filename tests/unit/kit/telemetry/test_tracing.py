from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from cli.stack.ports import free_ports
from kit.errors import InvalidRequest, StorageUnavailable
from kit.log import configure, get_logger
from kit.telemetry import tracing
from kit.telemetry.tracing import recorded
from tests.support.spans import Collected, Seen, collected

METHOD = "telltale.image.v1.ImageService/AnalyzeImage"
TRACE, CALLER = "ab" * 16, "cd" * 8
SAMPLED, UNSAMPLED = (f"00-{TRACE}-{CALLER}-{flag}" for flag in ("01", "00"))


@contextmanager
def recording(share: float = 1.0) -> Iterator[Collected]:
    """Spans have arrived when the context has ended."""
    with collected() as keeper, recorded("image-svc", keeper.endpoint, share):
        yield keeper


@contextmanager
def our_log() -> Iterator[None]:
    """The log as a process configures it."""
    before = structlog.get_config()
    configure("image_svc", "INFO")
    try:
        yield
    finally:
        structlog.configure(**before)


def test_without_a_collector_there_is_no_trace() -> None:
    with recorded("image-svc", None, 1.0), tracing.serving(METHOD, SAMPLED) as part:
        assert (tracing.trace_id(), tracing.here(), part.headers, part.answer_headers) == ("", "", (), ())
        assert tracing.answer_headers() == ()


def test_a_server_without_a_collector_does_not_load_opentelemetry() -> None:
    code = """
import sys
import kit.rpc.server, kit.rpc.aio_server, kit.batching.batcher
from kit.telemetry.tracing import recorded, serving
with recorded("x", None, 1.0), serving("a.B/C", ""):
    print([name for name in sys.modules if name.startswith("opentelemetry")])
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_a_call_continues_the_trace_of_its_caller() -> None:
    with recording(share=0.0) as keeper, tracing.serving(METHOD, SAMPLED) as part:
        part.status = "OK"
        assert (tracing.trace_id(), dict(part.answer_headers)) == (TRACE, {"x-trace-id": TRACE})
    [span] = keeper.spans()
    assert (span.service, span.name, span.trace_id, span.parent_id) == ("image-svc", METHOD, TRACE, CALLER)
    assert span.attributes == {"rpc.system.name": "grpc", "rpc.method": METHOD, "rpc.response.status_code": "OK"}


def test_what_the_caller_has_not_sampled_is_known_by_its_id_and_not_sent() -> None:
    with recording() as keeper, tracing.serving(METHOD, UNSAMPLED), tracing.inner("network"):
        assert tracing.trace_id() == TRACE
        assert tracing.here().endswith("-00")
    assert keeper.spans() == []


@pytest.mark.parametrize("traceparent", ["", "nonsense", f"00-{'0' * 32}-{CALLER}-01", f"00-{TRACE}-{CALLER}"])
def test_without_a_trace_that_can_be_read_a_new_one_begins(traceparent: str) -> None:
    with recording() as keeper, tracing.serving(METHOD, traceparent):
        begun = tracing.trace_id()
    assert begun not in ("", TRACE)
    assert [(span.trace_id, span.parent_id) for span in keeper.spans()] == [(begun, "")]


def test_the_share_decides_about_traces_that_begin_here() -> None:
    with recording(share=0.25) as keeper:
        for _ in range(400):
            with tracing.serving(METHOD, ""):
                pass
    assert 60 <= len(keeper.spans()) <= 140


def test_a_call_to_another_process_takes_the_trace_along() -> None:
    with recording() as keeper, tracing.serving(METHOD, SAMPLED):
        before = tracing.here()
        with tracing.calling("telltale.fusion.v1.FusionService/Fuse", "fusion-svc:50051") as part:
            [(name, value)] = part.headers
            assert tracing.here() == before
    [call, _] = keeper.spans()
    assert (name, value) == ("traceparent", f"00-{TRACE}-{call.span_id}-01")
    assert (call.attributes["server.address"], call.attributes["server.port"]) == ("fusion-svc", 50051)


def test_parts_lie_below_what_is_current_and_give_it_back() -> None:
    with recording() as keeper, tracing.serving(METHOD, SAMPLED):
        before = tracing.here()
        with tracing.inner("network", **{"telltale.model.name": "frequency"}):
            assert tracing.here() != before
        assert tracing.here() == before
    [part, call] = keeper.spans()
    assert (part.parent_id, part.attributes) == (call.span_id, {"telltale.model.name": "frequency"})
    assert tracing.here() == ""


def test_work_takes_its_trace_along_to_another_thread() -> None:
    found: list[str] = []
    with recording(), tracing.serving(METHOD, SAMPLED):
        work = tracing.carried(lambda: found.append(tracing.trace_id()))
        for do in (work, lambda: found.append(tracing.trace_id())):
            thread = threading.Thread(target=do)
            thread.start()
            thread.join()
    assert found == [TRACE, ""]


def test_work_that_was_ordered_continues_where_it_was() -> None:
    with recording() as keeper:
        with tracing.continuing("examine", SAMPLED):
            assert tracing.trace_id() == TRACE
        with tracing.continuing("examine", ""):
            assert tracing.trace_id() == ""
    [span] = keeper.spans()
    assert (span.name, span.parent_id) == ("examine", CALLER)


def failing(error: BaseException) -> Seen:
    with recording() as keeper:  # noqa: SIM117 - spans arrive when the outer one ends
        with pytest.raises(type(error)), tracing.calling(METHOD, "image-svc:50051"):
            raise error
    [span] = keeper.spans()
    return span


@pytest.mark.parametrize(
    ("error", "code"),
    [(StorageUnavailable("x"), "UNAVAILABLE"), (ValueError("x"), "UNKNOWN"), (KeyboardInterrupt(), "CANCELLED")],
)
def test_a_call_that_fails_says_how(error: BaseException, code: str) -> None:
    span = failing(error)
    assert (span.attributes["rpc.response.status_code"], span.attributes["error.type"], span.failed) == (
        code,
        code,
        True,
    )


@pytest.mark.parametrize(("error", "failed"), [(InvalidRequest("x"), False), (StorageUnavailable("x"), True)])
def test_a_server_has_not_failed_when_its_caller_was_wrong(error: Exception, failed: bool) -> None:
    with recording() as keeper:  # noqa: SIM117 - as above
        with pytest.raises(type(error)), tracing.serving(METHOD, SAMPLED):
            raise error
    assert [span.failed for span in keeper.spans()] == [failed]


def test_a_collector_that_is_away_holds_up_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    started_s = time.monotonic()
    nowhere = f"http://127.0.0.1:{free_ports(1)[0]}"
    with our_log(), recorded("image-svc", nowhere, 1.0), tracing.serving(METHOD, ""):
        pass
    assert time.monotonic() - started_s < 4
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert "spans could not be sent to the collector" in {line["event"] for line in lines}


def test_lines_of_the_log_name_the_trace(capsys: pytest.CaptureFixture[str]) -> None:
    with our_log():
        with recording(), tracing.serving(METHOD, SAMPLED):
            get_logger().info("inside")
        get_logger().info("outside")
    inside, outside = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert inside["trace_id"] == TRACE
    assert "trace_id" not in outside
