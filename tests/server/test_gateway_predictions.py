"""The prediction log of a running gateway: a line a verdict, and nothing in it that leads to anybody or any file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway.ids import id_in
from kit.errors import InvalidSettings
from kit.predictions import Prediction, from_line
from telltale.gateway.v1 import resources_pb2
from tests.server.test_gateway_forgets import Marked, durable
from tests.support.gateway import running_gateway
from tests.support.traces import Needles, found_in, in_folder

OWNER = "alice"  # as tests.support.gateway calls the first one


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "predictions").mkdir()
    return tmp_path / "predictions"


def logged(log: Path) -> Sequence[Prediction]:
    return [from_line(line) for path in sorted(log.rglob("*.jsonl")) for line in path.read_text().splitlines()]


async def test_every_verdict_has_a_line_and_nobody_is_named_in_it(tmp_path: Path, log: Path) -> None:
    needles: dict[str, bytes] = {"owner": OWNER.encode()}
    async with running_gateway(tmp_path / "state", new_engine=durable, prediction_log=str(log)) as world:
        for kind in (b"PHOTO", b"VIDEO", b"SOUND"):
            marked = Marked(kind)
            answers = await world.analyze(marked.data, display_name=marked.name, request_id=marked.key)
            needles |= {f"{kind!r} {name}": needle for name, needle in _needles(marked, answers[-1]).items()}
    assert [each.medium for each in logged(log)] == ["photo", "video", "recording"]
    assert in_folder(log, needles) == []
    # What is looked for can be found: the state of the same gateway is full of it.
    assert len(in_folder(tmp_path / "state", needles)) > len(needles) / 2


async def test_what_must_not_be_kept_has_no_line(tmp_path: Path, log: Path) -> None:
    async with running_gateway(tmp_path / "state", prediction_log=str(log)) as world:
        answers = await world.analyze(retention=resources_pb2.RETENTION_NONE)
        assert answers[-1].verdict.risk_score > 0
    assert logged(log) == []


async def test_an_analysis_that_is_ended_again_has_one_line(tmp_path: Path, log: Path) -> None:
    async with running_gateway(tmp_path / "state", prediction_log=str(log)) as world:
        answers = await world.analyze()
        analysis_id = id_in(answers[-1].name)
        await world.gateway.workbench.examine(analysis_id)
        await world.gateway.workbench.judge(analysis_id)
    assert len(logged(log)) == 1


async def test_a_store_that_is_away_costs_no_answer(tmp_path: Path, log: Path) -> None:
    async with running_gateway(tmp_path / "state", prediction_log=str(log), prediction_log_interval_s=0.01) as world:
        log.rmdir()
        log.write_text("in the way")
        answers = [await world.analyze(f"PHOTO number {number}".encode()) for number in range(3)]
        assert all(answer[-1].state == resources_pb2.ANALYSIS_STATE_SUCCEEDED for answer in answers)


async def test_a_gateway_whose_log_has_no_place_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="for the prediction log; make it"):
        async with running_gateway(tmp_path / "state", prediction_log=str(tmp_path / "nowhere")):
            pass


def _needles(marked: Marked, analysis: resources_pb2.Analysis) -> Needles:
    ids = {"analysis": analysis.name, "media": analysis.media}
    return {**marked.needles(), **{kind: name.partition("/")[2].encode() for kind, name in ids.items()}}


def test_the_search_finds_what_is_there() -> None:
    assert list(found_in("a line", b'{"owner":"alice"}', {"owner": OWNER.encode()})) == ["owner in a line"]
