"""The logic of the client without a network: what is asked of the world, in which order."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest
from google.longrunning import operations_pb2

from telltale.gateway.v1 import analysis_service_pb2, media_service_pb2, resources_pb2
from telltale_client.effects import Call, Emit, Next, Open, Rest, Send
from telltale_client.errors import DeadlineExceeded, NotFound, TelltaleError, Unavailable
from telltale_client.flows import analyses, media, operations, shares

KEY = "00000000-0000-4000-8000-000000000000"
RUNNING = resources_pb2.Analysis(name="analyses/a", state=resources_pb2.ANALYSIS_STATE_RUNNING)
DONE = resources_pb2.Analysis(name="analyses/a", state=resources_pb2.ANALYSIS_STATE_SUCCEEDED)
LOST = Unavailable("the connection is lost")


def played(flow: Generator[Any, Any, Any], *outcomes: object) -> tuple[list[Any], Any]:
    """What a flow asks for when these are the outcomes, and its result; what it emits has no outcome."""
    asked, waiting, outcome = [], list(outcomes), None
    try:
        while True:
            effect = flow.throw(outcome) if isinstance(outcome, TelltaleError) else flow.send(outcome)
            asked.append(effect)
            outcome = None if isinstance(effect, Emit) else waiting.pop(0)
    except StopIteration as end:
        assert not waiting
        return asked, end.value


def kinds(asked: list[Any]) -> list[type]:
    return [type(each) for each in asked]


def test_a_file_goes_up_and_is_judged_under_one_key() -> None:
    flow = analyses.analyze(b"x", request_id=KEY)
    (upload, opened, _, _), result = played(flow, resources_pb2.Media(name="media/m"), "stream", DONE, None)
    assert next(upload.pieces()).request_id == opened.request.request_id == KEY
    assert (opened.request.name, result) == ("media/m", DONE)


def test_a_connection_lost_while_judging_is_opened_again_without_the_file() -> None:
    flow = analyses.analyze(b"x", request_id=KEY)
    asked, result = played(flow, resources_pb2.Media(), "1", RUNNING, LOST, None, "2", DONE, None)
    assert kinds(asked) == [Send, Open, Next, Next, Rest, Open, Next, Next]
    assert asked[1] == asked[5]
    assert result == DONE


def test_a_connection_lost_while_uploading_sends_the_file_again() -> None:
    asked, _ = played(media.upload(b"x", request_id=KEY), LOST, None, resources_pb2.Media())
    assert kinds(asked) == [Send, Rest, Send]
    assert asked[1] == Rest(LOST, 1, again=True)


def test_failures_are_counted_from_the_last_message_on() -> None:
    flow = analyses.analyze_stored("media/m")
    asked, _ = played(flow, "1", LOST, None, "2", RUNNING, LOST, None, "3", DONE, None)
    assert [each.attempt for each in asked if isinstance(each, Rest)] == [1, 1]


def test_without_retention_the_file_is_sent_with_the_call_and_again_when_that_breaks() -> None:
    flow = analyses.analyze(b"x", retention="none", request_id=KEY)
    asked, _ = played(flow, "1", LOST, None, "2", DONE, None)
    assert kinds(asked) == [Open, Next, Rest, Open, Next, Next]
    assert next(asked[3].request()).retention == resources_pb2.RETENTION_NONE


def test_steps_are_told_and_the_result_is_not() -> None:
    told: list[resources_pb2.Analysis] = []
    played(analyses.analyze_stored("media/m", on_progress=told.append), "1", RUNNING, DONE, None)
    assert told == [RUNNING]


def test_a_failed_analysis_is_an_error() -> None:
    failed = resources_pb2.Analysis(state=resources_pb2.ANALYSIS_STATE_FAILED)
    failed.error.code, failed.error.message = 14, "a detector is gone"
    with pytest.raises(Unavailable, match="a detector is gone"):
        played(analyses.analyze_stored("media/m"), "1", failed, None)


def test_a_link_is_not_made_twice() -> None:
    asked, _ = played(shares.share("analyses/a"), LOST, None, resources_pb2.Share())
    assert asked[1] == Rest(LOST, 1, again=False)


def test_all_pages_are_asked_for() -> None:
    first = media_service_pb2.ListMediaResponse(media=[resources_pb2.Media(name="a")], next_page_token="2")
    asked, _ = played(media.list_media(), first, media_service_pb2.ListMediaResponse())
    assert kinds(asked) == [Call, Emit, Call]
    assert asked[2].request.page_token == "2"


def test_a_batch_without_keys_must_not_be_made_twice() -> None:
    orders = [analysis_service_pb2.CreateAnalysisRequest(media="media/m")]
    asked, _ = played(operations.batch(orders), LOST, None, analysis_service_pb2.BatchCreateAnalysesResponse())
    assert not asked[1].again
    keyed = [operations.analysis_request("media/m")]
    asked, _ = played(operations.batch(keyed), LOST, None, analysis_service_pb2.BatchCreateAnalysesResponse())
    assert asked[1].again


def test_waiting_goes_on_until_it_is_done() -> None:
    done = operations_pb2.Operation(done=True)
    done.response.Pack(DONE)
    asked, result = played(operations.wait_operation("operations/a"), operations_pb2.Operation(), done)
    assert kinds(asked) == [Call, Call]
    assert result == DONE


def test_waiting_ends_when_its_time_is_over() -> None:
    asked = operations.wait_operation("operations/a", timedelta(seconds=90))
    with pytest.raises(DeadlineExceeded, match="the work goes on"):
        played(asked, operations_pb2.Operation(), operations_pb2.Operation())


def test_what_is_done_needs_no_time_to_wait_for() -> None:
    done = operations_pb2.Operation(done=True)
    done.response.Pack(DONE)
    asked, result = played(operations.wait_operation("operations/a", timedelta(0)), done)
    assert ([call.request.timeout.ToSeconds() for call in asked], result) == ([0], DONE)


def test_an_operation_that_failed_raises_its_error() -> None:
    failed = operations_pb2.Operation(done=True)
    failed.error.code, failed.error.message = 5, "the file was deleted"
    with pytest.raises(NotFound, match="the file was deleted"):
        played(operations.wait_operation("operations/a"), failed)


def test_a_watch_that_ends_too_early_is_opened_again() -> None:
    half, done = operations_pb2.Operation(name="o"), operations_pb2.Operation(name="o", done=True)
    asked, _ = played(
        operations.watch_operation("operations/o"), "1", half, None, None, "2", LOST, None, "3", done, None
    )
    assert kinds(asked) == [Open, Next, Emit, Next, Rest, Open, Next, Rest, Open, Next, Emit, Next]
