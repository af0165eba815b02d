"""`telltale feedback` on a stack that answers in pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from click.testing import CliRunner

from cli.main import main
from telltale.gateway.v1 import feedback_service_pb2_grpc
from tests.support.fake_feedback import FakeFeedback


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2))
    feedback_service_pb2_grpc.add_FeedbackServiceServicer_to_server(FakeFeedback(), server)  # type: ignore[no-untyped-call]  # generated
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop(None).wait()


def test_all_pages_are_shown_with_how_often_we_were_wrong(url: str) -> None:
    answer = CliRunner().invoke(main, ["feedback", "--url", url, "--token", "tt_two"])
    words = " ".join(answer.output.split())
    assert answer.exit_code == 0
    assert answer.output.count("[author]") == 2
    assert "Cases: 2, genuine 2, manipulated 0." in words
    assert "We were right: 1, false alarms: 1, missed: 0, inconclusive: 0." in words


def test_scripts_get_one_document(url: str) -> None:
    answer = CliRunner().invoke(main, ["feedback", "--json", "--url", url, "--token", "tt_two"])
    document = json.loads(answer.output)
    assert [case["analysis"] for case in document["cases"]] == ["analyses/a", "analyses/b"]
    assert document["counts"]["false_alarms"] == 1


def test_nothing_said_is_told(url: str) -> None:
    answer = CliRunner().invoke(main, ["feedback", "--url", url, "--token", "tt_none"])
    assert (answer.exit_code, answer.output.startswith("Nothing was said yet.")) == (0, True)


def test_an_error_is_one_sentence(url: str) -> None:
    answer = CliRunner().invoke(main, ["feedback", "--url", url, "--token", "tt_wrong"])
    assert (answer.exit_code, answer.output) == (1, "Error: this token is unknown\n")
