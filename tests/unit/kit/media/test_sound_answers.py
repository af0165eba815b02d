from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pytest

from kit.errors import DecoderStopped, UndecodableMedia
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, SandboxResult
from kit.media.sound import SoundPiece, Span, measure_sound, read_sound

WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(100)
SPANS = [Span(0.0, 2.0), Span(4.0, 6.0)]
RATE_HZ = 100
STOP = DecoderStopped("The decoder crashed.", limit="crash")


def answer(
    done: Json, parts: Sequence[tuple[int, float, int]], reached_s: float | None = None, **values: Json
) -> SandboxResult:
    """Each part is span, start and number of samples; the samples are their span's number + 1, in tenths."""
    arrays = {
        "used": np.array([span for span, _, _ in parts], np.int64),
        "starts": np.array([start_s for _, start_s, _ in parts], np.float64),
        "lengths": np.array([count for _, _, count in parts], np.int64),
        "samples": np.concatenate(
            [np.zeros(0, np.float32), *(np.full(count, (span + 1) / 10, np.float32) for span, _, count in parts)]
        ),
    }
    reached: dict[str, Json] = {} if reached_s is None else {"reached_s": reached_s}
    return SandboxResult({"done": done, "broken": 0, "added": 1_000, **reached, **values}, arrays)


class ScriptedRunner:
    """Answers what it was told to; an error is raised. Remembers the spans of every request."""

    max_result_bytes = 2**20

    def __init__(self, *script: SandboxResult | DecoderStopped) -> None:
        self._script = iter(script)
        self.asked: list[Json] = []

    def run(
        self,
        task: str,
        media: MediaFile,
        arguments: Mapping[str, Json],
        *,
        timeout_s: float | None = None,
        cancel: CancelToken | None = None,
    ) -> SandboxResult:
        self.asked.append(arguments.get("spans_s"))
        outcome = next(self._script)
        if isinstance(outcome, DecoderStopped):
            raise outcome
        return outcome


@pytest.fixture
def heard() -> Iterator[Callable[[ScriptedRunner], list[SoundPiece]]]:
    with MediaFile.from_bytes(WAV) as media:
        yield lambda runner: list(read_sound(runner, media, MediaLimits(), SPANS, rate_hz=RATE_HZ))


Hear = Callable[[ScriptedRunner], list[SoundPiece]]


def test_one_answer_may_hold_all_pieces(heard: Hear) -> None:
    runner = ScriptedRunner(answer(2, [(0, 0.0, 200), (1, 4.0, 200)]))
    assert [(piece.start_s, piece.end_s) for piece in heard(runner)] == [(0.0, 2.0), (4.0, 6.0)]
    assert len(runner.asked) == 1


def test_a_piece_may_come_in_parts(heard: Hear) -> None:
    runner = ScriptedRunner(answer(0, [(0, 0.0, 120)], 1.2), answer(2, [(0, 1.2, 80), (1, 4.0, 200)]))
    assert [len(piece.samples) for piece in heard(runner)] == [200, 200]
    assert runner.asked[1] == [[1.2, 2.0], [4.0, 6.0]]


def test_what_lies_between_two_parts_is_silence(heard: Hear) -> None:
    runner = ScriptedRunner(answer(0, [(0, 0.0, 100)], 1.0), answer(2, [(0, 1.5, 50), (1, 4.0, 200)]))
    first = heard(runner)[0]
    assert len(first.samples) == 200
    assert (first.samples[100:150].any(), first.samples[150:].all()) == (False, True)


def test_after_a_stop_spans_are_read_one_by_one(heard: Hear) -> None:
    runner = ScriptedRunner(STOP, answer(1, [(0, 0.0, 200)]), answer(1, [(0, 4.0, 200)]))
    assert [piece.start_s for piece in heard(runner)] == [0.0, 4.0]
    assert runner.asked[1:] == [[[0.0, 2.0]], [[4.0, 6.0]]]


def test_a_span_that_stops_its_child_loses_its_first_second(heard: Hear) -> None:
    runner = ScriptedRunner(STOP, STOP, answer(1, [(0, 1.0, 100)]), answer(1, [(0, 4.0, 200)]))
    assert [(piece.start_s, len(piece.samples)) for piece in heard(runner)] == [(1.0, 100), (4.0, 200)]


def test_the_third_stop_ends_the_reading(heard: Hear) -> None:
    runner = ScriptedRunner(answer(1, [(0, 0.0, 200)]), STOP, STOP, STOP)
    assert [piece.start_s for piece in heard(runner)] == [0.0]


def test_a_file_that_kills_the_decoder_everywhere_is_an_error(heard: Hear) -> None:
    with pytest.raises(DecoderStopped, match="crashed"):
        heard(ScriptedRunner(STOP, STOP, STOP))


def test_no_sound_at_all_is_an_error(heard: Hear) -> None:
    with pytest.raises(UndecodableMedia, match="Not one sample"):
        heard(ScriptedRunner(answer(2, [], added=0)))


def test_nothing_but_nan_is_an_error(heard: Hear) -> None:
    with pytest.raises(UndecodableMedia, match="NaN"):
        heard(ScriptedRunner(answer(2, [(0, 0.0, 200)], broken=1_000)))


FORGED = {
    "no progress": answer(0, []),
    "too much done": answer(3, []),
    "done is no number": answer(True, [(0, 0.0, 200)]),
    "progress backwards": answer(0, [(0, 0.0, 100)], -1.0),
    "progress beyond the span": answer(0, [(0, 0.0, 100)], 9.0),
    "a span that was not begun": answer(0, [(1, 4.0, 100)], 1.0),
    "a span that was not asked for": answer(2, [(2, 4.0, 100)]),
    "twice the same span": answer(2, [(0, 0.0, 100), (0, 1.0, 100)]),
    "before the span": answer(2, [(0, -0.5, 100)]),
    "beyond the span": answer(2, [(0, 0.0, 300)]),
    "no time": answer(2, [(0, float("nan"), 100)]),
    "an empty part": answer(2, [(0, 0.0, 0)]),
    "negative counts": answer(2, [(0, 0.0, 100)], broken=-1),
    "no arrays": SandboxResult({"done": 2, "broken": 0, "added": 1}, {}),
    "samples that are missing": SandboxResult(
        {"done": 2, "broken": 0, "added": 1}, {**answer(2, [(0, 0.0, 100)]).arrays, "samples": np.zeros(9, np.float32)}
    ),
    "samples that are no numbers": SandboxResult(
        {"done": 2, "broken": 0, "added": 1},
        {**answer(2, [(0, 0.0, 100)]).arrays, "samples": np.full(100, np.nan, np.float32)},
    ),
    "samples of another type": SandboxResult(
        {"done": 2, "broken": 0, "added": 1},
        {**answer(2, [(0, 0.0, 100)]).arrays, "samples": np.zeros(100, np.float64)},
    ),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_answers_that_no_honest_decoder_gives_are_not_believed(heard: Hear, forged: SandboxResult) -> None:
    with pytest.raises(DecoderStopped, match="cannot be trusted"):
        heard(ScriptedRunner(*[forged] * 4))


@pytest.mark.parametrize(
    "values",
    [
        {"duration_s": 0.0},
        {"duration_s": 1e9},
        {"sample_rate_hz": 0},
        {"channels": 65},
        {"codec": "a b"},
        {"truncated": 1},
        {"has_sound": None},
    ],
)
def test_facts_that_cannot_be_are_not_believed(values: dict[str, Json]) -> None:
    honest: dict[str, Json] = {"has_sound": True, "duration_s": 1.0, "sample_rate_hz": 8_000, "channels": 1}
    result = SandboxResult({**honest, "codec": "aac", "truncated": False, **values}, {})
    with MediaFile.from_bytes(WAV) as media, pytest.raises(DecoderStopped, match="cannot be trusted"):
        measure_sound(ScriptedRunner(result), media, MediaLimits())
