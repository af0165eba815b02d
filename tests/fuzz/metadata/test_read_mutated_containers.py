"""A small slice of mutation fuzzing: whatever is in the file, its container is read to the end, quickly and in bounds.

`pytest tests/fuzz/metadata --mutants 500` makes a longer run.
"""

from __future__ import annotations

import random
import resource
import time
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from kit.media.sniff import SNIFF_BYTES, sniff
from metadata_svc.claim import claim_of
from metadata_svc.container_messages import container_message
from metadata_svc.cues import container_structure
from metadata_svc.reading.containers.found import MAX_LAYOUT, MAX_TEXTS, MAX_TRACKS
from metadata_svc.reading.containers.read import read
from metadata_svc.reading.window import Window
from metadata_svc.unsandboxed import read_facts
from tests.support import sound_factory
from tests.support.container_factory import Movie, broadcast, chunk, id3, movie, mp3, wave
from tests.support.metadata_files import container_rules
from tests.support.mutants import mutant
from tests.support.sound_factory import clicks
from tests.support.video_factory import Recipe, steady, video

MUTANTS = 25
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FRAMES = steady(3, 25)
SEEDS = {kind: sound_factory.recording(kind, clicks([0.1], 0.3)) for kind in sound_factory.CODECS} | {
    "phone": movie(Movie()),
    "tagged mp3": mp3({"TSSE": "LAME3.100", "TENC": "somebody", "TXXX": "a\0b"}, b"LAME3.100"),
    "broadcast wave": wave(
        broadcast("ZOOM H5"), chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"x")), chunk(b"id3 ", id3({"TSSE": "x"}))
    ),
    "video mp4": video(Recipe(FRAMES, with_sound=True)),
    "fragmented mp4": video(Recipe(FRAMES, container_options={"movflags": "frag_keyframe+empty_moov"})),
    "video webm": video(Recipe(FRAMES, codec="libvpx-vp9", container="webm")),
    "video mkv": video(Recipe(FRAMES, container="matroska")),
    "avi": video(Recipe(FRAMES, codec="mpeg4", container="avi", time_base=Fraction(1, 25))),
}


def test_every_kind_of_container_is_among_the_seeds() -> None:
    assert len({sniff(data[:SNIFF_BYTES]).mime_type for data in SEEDS.values()}) >= 11


@pytest.mark.parametrize("name", SEEDS)
def test_a_mutated_container_is_read_quickly_and_within_bounds(name: str, request: pytest.FixtureRequest) -> None:
    chance, rules = random.Random(name), container_rules()
    mime_type = sniff(SEEDS[name][:SNIFF_BYTES]).mime_type
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(request.config.getoption("--mutants") or MUTANTS):
        data = mutant(SEEDS[name], chance)
        started_s = time.process_time()
        found = read(Window.of_bytes(data), mime_type)
        claim = claim_of(read_facts(data, mime_type), rules)
        assert claim is not None
        container_structure.examine(claim, NOW)
        container_message(claim, NOW)
        assert time.process_time() - started_s < 1
        assert len(found.container["layout"]) <= MAX_LAYOUT
        assert len(found.container["tracks"]) <= MAX_TRACKS
        assert len(found.texts) <= MAX_TEXTS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak_kib < 64 << 10
