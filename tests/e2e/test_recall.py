"""The services themselves say by what they answer, so that what they said before can be taken over."""

from __future__ import annotations

import os
import signal
import uuid
from pathlib import Path
from typing import Any

from tests.support.edge import Reply
from tests.support.stack import Stack


def test_a_photo_that_comes_again_is_taken_over_also_from_services_that_were_started_again(
    stack: Stack, photo: Path
) -> None:
    data = photo.read_bytes() + uuid.uuid4().bytes  # Bytes that no other test has sent.
    first = answered(stack.analyze(data))
    [metadata_svc] = stack.service_pids("metadata_svc")
    os.kill(metadata_svc, signal.SIGKILL)
    anew = answered(stack.analyze_anew(data))
    again = answered(stack.analyze(data))
    assert [recalled(answer) for answer in (first, anew, again)] == [set(), set(), {"image", "metadata"}]
    assert {origin["basis"] for origin in first["origins"]} == {origin["basis"] for origin in again["origins"]}
    assert first["verdict"]["logOdds"] == again["verdict"]["logOdds"]


def answered(reply: Reply) -> dict[str, Any]:
    assert reply.status == 200
    answer: dict[str, Any] = reply.json()
    return answer


def recalled(answer: dict[str, Any]) -> set[str]:
    return {origin["detector"] for origin in answer["origins"] if origin.get("recalledFrom")}
