from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pytest

from kit.errors import DecoderStopped, UndecodableMedia
from kit.media.batches import job_of, pieces_of
from kit.media.cancel import CancelToken
from kit.media.facts import Array
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, SandboxResult

MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100)
WANTED_S = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


def answer(done: Json, used: list[int], times_s: list[float] | None = None) -> SandboxResult:
    arrays: dict[str, Array] = {
        "used": np.array(used, np.int64),
        "times": np.array(used if times_s is None else times_s, np.float64),
        "pixels": np.zeros((len(used), 2, 2, 3), np.uint8),
    }
    return SandboxResult({"done": done}, arrays)


class ScriptedRunner:
    """Answers what it was told to; an error is raised. Remembers the first moment of every request."""

    max_result_bytes = 2**20

    def __init__(self, *script: SandboxResult | DecoderStopped) -> None:
        self._script = iter(script)
        self.began_at_s: list[float] = []

    def run(
        self,
        task: str,
        media: MediaFile,
        arguments: Mapping[str, Json],
        *,
        timeout_s: float | None = None,
        cancel: CancelToken | None = None,
    ) -> SandboxResult:
        wanted_s = arguments["wanted_s"]
        assert isinstance(wanted_s, list)
        self.began_at_s.append(wanted_s[0])
        outcome = next(self._script)
        if isinstance(outcome, DecoderStopped):
            raise outcome
        return outcome


@pytest.fixture
def used_by() -> Iterator[Callable[[ScriptedRunner], list[int]]]:
    """Which moments of WANTED_S get a picture."""
    with MediaFile.from_bytes(MP4) as media:

        def used(runner: ScriptedRunner) -> list[int]:
            pieces = pieces_of(job_of(runner, media, MediaLimits(), None, None), "read_frames", WANTED_S, {})
            return [int(moment) for piece in pieces for moment in piece.used]

        yield used


STOP = DecoderStopped("The decoder crashed.", limit="crash")


def test_reading_goes_on_where_a_child_stopped(used_by: Callable[[ScriptedRunner], list[int]]) -> None:
    runner = ScriptedRunner(answer(4, [0, 1, 3]), answer(2, [0]))
    assert used_by(runner) == [0, 1, 3, 4]
    assert runner.began_at_s == [0.0, 2.0]


def test_a_child_that_dies_costs_a_second(used_by: Callable[[ScriptedRunner], list[int]]) -> None:
    runner = ScriptedRunner(STOP, answer(4, [0, 1, 2, 3]))
    assert used_by(runner) == [2, 3, 4, 5]
    assert runner.began_at_s == [0.0, 1.0]


def test_a_tail_that_kills_the_decoder_is_left_out(used_by: Callable[[ScriptedRunner], list[int]]) -> None:
    assert used_by(ScriptedRunner(answer(2, [0, 1]), STOP, STOP, STOP)) == [0, 1]


def test_a_file_that_kills_the_decoder_everywhere_is_an_error(used_by: Callable[[ScriptedRunner], list[int]]) -> None:
    with pytest.raises(DecoderStopped, match="crashed"):
        used_by(ScriptedRunner(STOP, STOP, STOP))


def test_no_frame_at_all_is_an_error(used_by: Callable[[ScriptedRunner], list[int]]) -> None:
    with pytest.raises(UndecodableMedia):
        used_by(ScriptedRunner(answer(6, [])))


@pytest.mark.parametrize(
    "forged",
    [
        answer(0, []),
        answer(7, []),
        answer(True, [0]),
        answer(2, [0, 6]),
        answer(2, [-1]),
        answer(2, [1, 0], [0.0, 0.1]),
        answer(2, [0, 1], [0.0, float("nan")]),
        answer(2, [0, 1], [1.0, 0.0]),
        answer(2, [0], [0.0, 1.0]),
        SandboxResult({"done": 1}, {}),
    ],
)
def test_answers_that_no_honest_decoder_gives_are_not_believed(
    used_by: Callable[[ScriptedRunner], list[int]], forged: SandboxResult
) -> None:
    with pytest.raises(DecoderStopped, match="cannot be trusted"):
        used_by(ScriptedRunner(forged))
