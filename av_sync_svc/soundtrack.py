"""What there is to hear, for a person to look at."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from av_sync_svc.hearing import Hearing
from kit.convert.times import duration, time_range
from kit.media.spans import Span
from kit.sound.log_mel_map import log_mel_map
from telltale.av_sync.v1 import sound_pb2

MAX_STRETCHES: Final = 4096
"""Most stretches that the contract lets a soundtrack list."""
_ROUNDING_S: Final = 1e-3


def soundtrack_of(hearing: Hearing) -> sound_pb2.Soundtrack:
    """The facts of the sound, its stretches of speech, and its log-mel map."""
    facts = hearing.facts
    return sound_pb2.Soundtrack(
        duration=duration(facts.duration_s),
        sample_rate_hz=facts.sample_rate_hz,
        channels=facts.channels,
        codec=facts.codec,
        examined=[time_range(span) for span in joined(hearing.examined)],
        speech=[time_range(span) for span in joined(hearing.speech)],
        log_mel=log_mel_map(hearing.pieces, facts.duration_s),
    )


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order of time: those that touch as one, and of more than MAX_STRETCHES the nearest ones too."""
    gaps_s = [after.start_s - before.end_s for before, after in itertools.pairwise(spans)]
    too_many = sorted(gaps_s, reverse=True)[MAX_STRETCHES - 1 :]
    bridged_s = max([_ROUNDING_S, *too_many[:1]])
    runs: list[Span] = list(spans[:1])
    for gap_s, span in zip(gaps_s, spans[1:], strict=True):
        if gap_s <= bridged_s:
            runs[-1] = Span(runs[-1].start_s, span.end_s)
        else:
            runs.append(span)
    return runs
