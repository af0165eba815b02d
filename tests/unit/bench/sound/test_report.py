from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.sound.parts import CROPS, DECODE, LIP_PARTS, LIPS, MAP, MESH, SEAMS, SPEECH, VOICE, VOICE_PARTS
from bench.sound.report import MEMORY_BAR_MIB, Answer, Parts, checks, write

HEARD = {DECODE: 0.1, SPEECH: 0.2, MAP: 0.1, VOICE: 0.4, SEAMS: 5.0}
SEEN = {**HEARD, CROPS: 0.5, MESH: 1.0, LIPS: 0.25}
VOICE_OF_30_S = Parts.of("recording", 30.0, [HEARD])
TALK_OF_10_S = Parts.of("video", 10.0, [SEEN])


def answer(peak_mib: float) -> Answer:
    return Answer("recording", 30.0, "DEPTH_STANDARD", 0.9, 1.0, "LABEL_INCONCLUSIVE", {"av_sync_svc": peak_mib})


def test_a_part_is_the_median_of_its_rounds() -> None:
    parts = Parts.of("file", 30.0, [{VOICE: 1.0}, {VOICE: 9.0}, {VOICE: 2.0}])
    assert (parts.p50_s, parts.rounds) == ({VOICE: 2.0}, 3)


def test_bars_are_held_against_what_is_needed_for_an_answer_and_no_more() -> None:
    found = checks(VOICE_OF_30_S, TALK_OF_10_S, [answer(400), answer(500)])
    assert [value for value, _ in found.values()] == pytest.approx([0.8, 1.75, 500])
    assert not set(VOICE_PARTS) & set(LIP_PARTS)
    assert all(value <= bar for value, bar in found.values())


def test_the_heaviest_answer_counts() -> None:
    value, bar = checks(VOICE_OF_30_S, TALK_OF_10_S, [answer(2 * MEMORY_BAR_MIB), answer(1)])[
        "peak of av_sync_svc, MiB"
    ]
    assert value > bar


def test_everything_measured_is_written(tmp_path: Path) -> None:
    found = checks(VOICE_OF_30_S, TALK_OF_10_S, [answer(400)])
    write([VOICE_OF_30_S, TALK_OF_10_S], [answer(400)], found, tmp_path / "out" / "sound.json")
    document = json.loads((tmp_path / "out" / "sound.json").read_text())
    assert document["checks"]["voice of 30 s, s"] == {"value": pytest.approx(0.8), "bar": 1.5}
    assert document["parts"][1]["p50_s"][LIPS] == 0.25
    assert document["rest"][0]["peak_mib"] == {"av_sync_svc": 400}
