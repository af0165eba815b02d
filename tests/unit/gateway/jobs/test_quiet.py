from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from gateway.jobs.quiet import hush


@pytest.fixture(autouse=True)
def hushed() -> Iterator[None]:
    logger = logging.getLogger("dbos")
    before = (logger.handlers, logger.propagate, logger.level)
    hush()
    yield
    logger.handlers, logger.propagate = before[0], before[1]
    logger.setLevel(before[2])


def test_warnings_come_into_our_log_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with capture_logs() as lines:
        logging.getLogger("dbos").warning("Exception listing queues: %s", "refused\nTraceback\n  ...")
    assert [line["said"] for line in lines] == ["Exception listing queues: refused"]
    assert capsys.readouterr() == ("", "")


def test_what_is_expected_is_not_said() -> None:
    with capture_logs() as lines:
        logging.getLogger("dbos").info("DBOS launched!")
        logging.getLogger("dbos").warning("Asyncio task cancelled for workflow or step 7")
    assert lines == []
