"""Analyses seen as long-running operations."""

from __future__ import annotations

import pytest

from gateway.orders.operations import analysis_id_in, operation_of, wanted_done
from kit.errors import DeadlineExceeded, InvalidRequest, NotFound
from kit.rpc.status import to_status
from telltale.gateway.v1 import resources_pb2

ID = "0" * 26


def analysis(state: resources_pb2.AnalysisState.ValueType) -> resources_pb2.Analysis:
    return resources_pb2.Analysis(name=f"analyses/{ID}", media=f"media/{ID}", state=state, request_id="r")


def test_what_has_succeeded_holds_its_analysis() -> None:
    done = analysis(resources_pb2.ANALYSIS_STATE_SUCCEEDED)
    operation, found = operation_of(done), resources_pb2.Analysis()
    assert operation.response.Unpack(found)
    assert (operation.name, operation.done, found) == (f"operations/{ID}", True, done)


def test_what_is_under_way_holds_neither_answer_nor_error() -> None:
    operation = operation_of(analysis(resources_pb2.ANALYSIS_STATE_RUNNING))
    assert (operation.done, operation.WhichOneof("result")) == (False, None)


def test_what_has_failed_holds_the_error_and_tells_its_terms() -> None:
    failed, told = analysis(resources_pb2.ANALYSIS_STATE_FAILED), resources_pb2.AnalysisOperation()
    failed.error.CopyFrom(to_status(DeadlineExceeded("too late")))
    failed.deadline.FromSeconds(7)
    operation = operation_of(failed)
    assert operation.metadata.Unpack(told)
    assert (operation.error, told.deadline.seconds, told.request_id) == (failed.error, 7, "r")


@pytest.mark.parametrize(
    "name", ["", "operations/", f"analyses/{ID}", f"operations/{ID}/x", f"operations/{ID.upper()}X"]
)
def test_a_name_that_no_operation_can_have_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        analysis_id_in(name)


def test_filters_are_few() -> None:
    assert [wanted_done(text) for text in ("", "done=true", " done = FALSE ")] == [None, True, False]
    with pytest.raises(InvalidRequest):
        wanted_done("done = true AND name = 7")
