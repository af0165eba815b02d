"""The client when the gateway dies under it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from telltale.gateway.v1 import resources_pb2
from telltale_client import Client
from tests.support.face_film import face_film
from tests.support.stack import Stack


def test_an_analysis_is_found_again_when_the_gateway_was_killed(stack: Stack, photo: Path) -> None:
    film = face_film(photo, 4)
    killed: list[int] = []

    def kill(_: resources_pb2.Analysis) -> None:
        for pid in stack.service_pids("gateway") if not killed else ():
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    with Client(stack.grpc, token=stack.token) as client:
        before = {each.name for each in client.list_analyses()}
        analysis = client.analyze(film, display_name="film.mp4", fresh=True, on_progress=kill)
        after = {each.name for each in client.list_analyses()}
    assert killed
    assert analysis.state == resources_pb2.ANALYSIS_STATE_SUCCEEDED
    assert after - before == {analysis.name}
